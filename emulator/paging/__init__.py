"""What a page table means: formats, a module each, and which mode of paging has which (`modes`)."""
