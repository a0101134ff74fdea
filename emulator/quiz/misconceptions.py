"""What people believe who choose a wrong answer, and what holds instead: one row each."""

from typing import NamedTuple


class Misconception(NamedTuple):
    """What is believed, what holds instead, and the rule (`docs/rules.md`) that says so."""

    name: str
    belief: str
    truth: str
    rule: str


ROWS = (
    Misconception(
        "parent-keeps",
        "the parent keeps ownership of its pages and never faults",
        "fork takes write permission from both sides; whoever stores first faults",
        "F1",
    ),
    Misconception(
        "fork-copies", "fork copies the memory", "fork copies PTEs; both sides map the same frames, read-only", "F1"
    ),
    Misconception(
        "fork-unmaps",
        "after fork a child's pages are not there until it touches them",
        "the child's PTEs are there, with the same frames as the parent's",
        "F1",
    ),
    Misconception(
        "writer-keeps",
        "who writes keeps the frame, and the others get the copy",
        "who writes gets the copy; nothing changes for the others",
        "F3",
    ),
    Misconception(
        "last-copies",
        "the last owner of a frame copies it, too",
        "a frame with one owner left is made writable where it is",
        "F4",
    ),
    Misconception(
        "exec-copies",
        "exec copies the old memory",
        "exec gives up the old memory; between fork and exec only what is stored to gets copied",
        "F5",
    ),
    Misconception(
        "exit-leaves",
        "what a process had copied stays behind when it ends",
        "exit gives up every reference, and a frame goes with its last one",
        "F4",
    ),
    Misconception(
        "read-breaks",
        "a read breaks the sharing",
        "only writes do: any number of processes may read one frame",
        "F1",
    ),
    Misconception(
        "always-faults",
        "what was shared once faults at every store",
        "a page that was copied or re-used is writable from then on",
        "F3",
    ),
    Misconception(
        "fault-is-error",
        "a page fault is a mistake of the program, and ends it",
        "the kernel asks the region; what it grants is mended, and the program notices nothing",
        "F2",
    ),
    Misconception(
        "pte-decides",
        "what the PTE forbids is forbidden",
        "the region says what is meant to be; the PTE only what is granted at once",
        "F2",
    ),
    Misconception(
        "read-only-is-cow",
        "every store to a read-only page is copy-on-write",
        "it is where the region grants the store; else it ends in a signal",
        "F2",
    ),
    Misconception(
        "any-address",
        "any address gets a page once it is touched",
        "only addresses in a region that grants the access do",
        "F2",
    ),
    Misconception(
        "mmap-gives",
        "memory has frames as soon as it is asked for",
        "a frame is taken when a page is first stored to",
        "F6",
    ),
    Misconception(
        "first-touch",
        "a process's first access to each page faults",
        "what a program's file holds is mapped when the program begins, and a fork hands it on",
        "F1",
    ),
    Misconception(
        "zero-own",
        "memory that is only read has frames of its own",
        "reads of untouched memory all find the one page of zeros",
        "F6",
    ),
    Misconception(
        "zero-copied",
        "the page of zeros is copied, or re-used, as any other",
        "who stores gets a frame filled with zeros; the page of zeros is nobody's",
        "F6",
    ),
    Misconception(
        "new-is-empty",
        "a new frame is always filled with zeros",
        "the store may change a few bytes only: the rest of a shared page is copied",
        "F3",
    ),
    Misconception(
        "shared-copied",
        "a shared mapping is copied on write as a private one is",
        "what is meant to be shared is made writable, never copied",
        "F60",
    ),
    Misconception(
        "owners-stay",
        "a copy leaves the old frame with as many owners as before",
        "who got the copy gives up its reference to the old frame",
        "F62",
    ),
    Misconception(
        "copy-counts",
        "the copy counts as an owner of the old frame",
        "a copy is a frame of its own, with a count of its own",
        "F61",
    ),
    Misconception(
        "pte-stays",
        "the kernel makes the access itself, and the PTE stays as it is",
        "the kernel changes the PTE, and the same instruction runs again",
        "F3",
    ),
    Misconception(
        "dirty-later",
        "A and D are set by the access alone, never by the kernel",
        "the kernel sets them beforehand for the access that it knows will come",
        "F18",
    ),
    Misconception(
        "all-rights",
        "a page of one's own grants everything",
        "a PTE never grants more than its region",
        "F2",
    ),
    Misconception(
        "miss-is-fault",
        "a TLB miss is a page fault",
        "hardware walks the page table by itself; it faults only where that grants nothing",
        "F12",
    ),
    Misconception(
        "no-memory",
        "each access walks the page table",
        "a TLB remembers what a walk has found: one walk serves all accesses to a page while its entry stays",
        "F6",
    ),
    Misconception(
        "read-is-miss",
        "each PTE that a walk reads is a miss",
        "one miss is one walk, which may read several PTEs",
        "F14",
    ),
    Misconception(
        "one-read",
        "a walk reads one PTE",
        "it reads one at each level from where it begins, down to the leaf",
        "F14",
    ),
    Misconception(
        "table-read",
        "a walk reads its way down in more, or fewer, steps than the table has levels",
        "each level is one read, the root's and the leaf's among them",
        "F14",
    ),
    Misconception(
        "walk-from-root",
        "each walk begins at the root",
        "it begins below the lowest pointer for its address that a walk cache holds",
        "F34",
    ),
    Misconception(
        "tlb-sees",
        "the TLB sees a change of a PTE at once",
        "a TLB never reads memory by itself: it forgets when it is told to",
        "F41",
    ),
    Misconception(
        "tlb-unchecked",
        "with an entry in the TLB, nobody asks about permissions",
        "permissions stand in the entry, and are checked at each access",
        "F15",
    ),
    Misconception(
        "flush-all",
        "each flush empties the whole TLB",
        "a flush names a page or an address space; other entries stay",
        "F21",
    ),
    Misconception(
        "flush-more",
        "a flush drops more than what has changed",
        "entries of pages that have not changed stay where the kernel goes page by page",
        "F21",
    ),
    Misconception(
        "flush-page",
        "a flush always drops one page",
        "the kernel drops as many pages as have changed, or the whole address space where that is cheaper",
        "F64",
    ),
    Misconception(
        "absent-cached",
        "a page that was not there has an entry to drop",
        "a walk that fails leaves nothing in these TLBs",
        "F23",
    ),
    Misconception(
        "tlbs-shared",
        "one hart's flush reaches the TLBs of all others",
        "TLBs belong to one hart: others have to be told",
        "F22",
    ),
    Misconception(
        "all-told",
        "every change interrupts every hart",
        "a hart that cannot hold the entry need not be told",
        "F45",
    ),
    Misconception(
        "nobody-waits",
        "who tells other harts goes on at once",
        "the frame may be used again only once all have dropped the entry",
        "F45",
    ),
    Misconception(
        "kernel-stores",
        "the kernel makes the access, and the program goes on behind it",
        "the PC stays at the instruction, which runs again",
        "F50",
    ),
    Misconception(
        "faults-twice",
        "an instruction that runs again faults again",
        "the PTE grants the access now, and the old entry is gone",
        "F3",
    ),
    Misconception(
        "takes-twice",
        "an instruction that runs twice takes effect twice",
        "the first time changed no register and no byte",
        "F50",
    ),
    Misconception(
        "eager-needed",
        "copying at fork copies only what will be stored to",
        "nobody knows that at fork: every private page that may be written is copied",
        "F8",
    ),
    Misconception(
        "both-copy",
        "each side of a fork gets a copy of its own",
        "one side gets the copy, the other one keeps the frame",
        "F3",
    ),
    Misconception(
        "never-copied",
        "copy-on-write means that nothing is copied",
        "what two processes hold and one stores to is copied, later",
        "F3",
    ),
    Misconception(
        "shared-lost",
        "a frame that was shared belongs to nobody in the end",
        "references are counted, and the last one to go frees the frame",
        "F68",
    ),
    Misconception(
        "order-counts",
        "who runs first decides what a program does and pays",
        "the program waits where order matters, so any order does and pays the same",
        "F4",
    ),
    Misconception(
        "order-free",
        "who pays for a copy is settled by the program, not by who runs first",
        "the first to store copies, and the last one finds a single owner",
        "F4",
    ),
)
MISCONCEPTIONS = {row.name: row for row in ROWS}
