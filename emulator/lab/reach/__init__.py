"""What a load takes whose page is one of so many: how far TLBs, walk caches and the first cache of a machine reach."""
