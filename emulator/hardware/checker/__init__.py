"""The stale-entry checker: it sees which TLB entries memory no longer grants, and trusts memory and the TLBs alone.

An entry is *stale* when it grants what a walk from the hart's root would not, as memory stands, or maps another frame
(F45). Three things can make it so, and each is seen where it happens, whoever does it:

    a word is written that a walk has read as a PTE      `writes`, which knows such words from `tables`
    a hart enters another root under the same ASID       `roots`
    A or D is written over a PTE that has changed        `writes`

The TLBs themselves are searched then (`search`), and what no longer agrees with memory (`granted`) is *suspect*
(`suspects`): the word loses V, so that no fast path takes it, and its address lies beyond all memory. So a hit has
nothing to check, and costs what it did. `every` is the slow twin: it compares each hit with memory.

What the use of a suspect means is for others to say (`kernel/invalidation/judge.py`).
"""
