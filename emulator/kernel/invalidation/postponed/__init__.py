"""Postponed invalidations: unmapped ranges whose frames are held until the last hart has dropped its entries.

The hart that unmaps a range drops its own entries, queues the range with the harts that may hold some, and goes on. The
range stays a region that grants nothing (`RegionKind.HELD`), so that neither its addresses nor its frames are given to
anybody. `latr`, `batch` and `luf` say when the harts come round to it; `hurry` makes them, when something cannot wait.

Only munmap(2) can be postponed: after MAP_FIXED, brk(2) and madvise(MADV_DONTNEED) the addresses are used again.
"""
