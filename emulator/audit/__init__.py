"""An auditor of other people's kernels: from a log of what they did to page tables and TLBs, which flushes they lack.

It knows nothing of a kernel but what its log says (`docs/audit.md`), and nothing of the machine that this package
simulates.

    record     what a log consists of: the kinds of records and their fields
    text       logs as lines, read and written
    binary     logs as records of fixed size, read and written
    log        either, told apart by its first line
    space      an address space as a log declares it
    memory     page tables as the writes in a log leave them, walked as of now or as of then
    remembered what an unlimited TLB holds: all that the architecture lets it remember
    changes    PTEs that a hart has had no fence for: what makes a fence needed
    frames     what has become of frames
    judge      the auditor: record by record
    finding    what it found, grouped by place
    report     that, for people and for programs
"""

from emulator.audit.judge import Audit
from emulator.audit.log import open_log

__all__ = ["Audit", "open_log"]
