"""What the frame ledger calls what is done with a frame, and what for."""

from enum import IntEnum


class FrameStep(IntEnum):
    """What was done with a frame."""

    TAKE = 0  # it was free, and has one reference now
    SHARE = 1  # one reference more
    REUSE = 2  # its sole owner may write to it again: no copy was needed (F4)
    DROP = 3  # one reference less, and others are left
    FREE = 4  # the last one dropped


class FrameUse(IntEnum):
    """What for."""

    UNSAID = 0
    TABLE = 1
    ZEROS = 2
    COPY = 3
    FORK = 4
    LOAD = 5
    PROGRAM = 6
    FILE = 7
    OBJECT = 8
    UNMAP = 9
    EXIT = 10
    COLLAPSE = 11
    SPARE = 12
    VAIN = 13
    SWAP = 14
    RECLAIM = 15
    MERGE = 16
    PIN = 17


FRAME_USES = {
    FrameUse.UNSAID: "for something that the kernel does not say",
    FrameUse.TABLE: "a page table",
    FrameUse.ZEROS: "zeros, for a page that nobody had written to",
    FrameUse.COPY: "copy-on-write",
    FrameUse.FORK: "fork",
    FrameUse.LOAD: "data or stack of a program that begins",
    FrameUse.PROGRAM: "a read-only page of a program",
    FrameUse.FILE: "a page of a file",
    FrameUse.OBJECT: "memory that several may share, or the pages of a file",
    FrameUse.UNMAP: "its page is unmapped, discarded or replaced",
    FrameUse.EXIT: "its address space ends",
    FrameUse.COLLAPSE: "small pages become a huge one",
    FrameUse.SPARE: "a page table put by, for a huge page that may be split",
    FrameUse.SWAP: "a page that the swap device has, too",
    FrameUse.RECLAIM: "its page is taken away",
    FrameUse.MERGE: "equal pages become one",
    FrameUse.PIN: "a pipe holds the page (vmsplice)",
    FrameUse.VAIN: "what it was taken for could not be done",
}
