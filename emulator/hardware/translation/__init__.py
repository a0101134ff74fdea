"""From a virtual address to a place in memory: TLBs, the walk that fills them, and what drops their entries."""
