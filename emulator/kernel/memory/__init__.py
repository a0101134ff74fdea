"""What memory is to the kernel: frames, page tables, regions. Compiled."""
