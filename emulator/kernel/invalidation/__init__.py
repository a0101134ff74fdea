"""Invalidation: how the kernel makes TLBs forget what its page tables no longer say. One interface, many strategies.

    ranges    what is invalidated
    flush     a kernel step has changed PTEs: note what, where, why (`ledger`), drop the hart's own entries, tell others
    reach     how much a hart drops for a range of pages: ceiling, asid, full
    tell      who is told, and how: by interrupt (`ipi`), or by hardware
    hooks     where strategies step in (`strategies/`, a module each)
    postponed unmapped ranges that harts come round to later

Callers change PTEs, call `flush`, then `settle` (`kernel/run`), and only then give frames away.
"""
