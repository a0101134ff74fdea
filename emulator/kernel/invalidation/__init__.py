"""Invalidation: how the kernel makes TLBs forget what its page tables no longer say. One interface, many strategies.

    begin     a kernel step has changed PTEs: note what, where, why (`ledger`)
    reach     how much a hart drops for a range of pages: ceiling, asid, full
    mask      which harts may hold entries of an address space, and which of them need not be told
    ipi       telling them by interrupt; letting them answer
    broadcast, directory    telling them without one

Callers change PTEs, call `flush_pages` or `flush_space`, then `settle` (`kernel/run`), and only then give frames away.
"""

from emulator.kernel.invalidation.flush import flush_pages, flush_space

__all__ = ["flush_pages", "flush_space"]
