"""The records of reclaim: the swap device and its slots, the pages chosen to be taken away, and who maps what frame."""

from emulator.base.bits import frame_of
from emulator.base.record import I4, I8, record
from emulator.config.limits import MOST_SWAP
from emulator.world.memory import MAX_FRAMES

MOST_SLOTS = frame_of(MOST_SWAP) + 1  # slot 0 is the device's header, as Linux has it
MOST_VICTIMS = 256  # pages taken away at a time
MOST_MAPPINGS = 1 << 20  # beyond that, pages are not found, and stay

SLOT = record(
    ("count", I4),  # PTEs that name it
    ("frame", I4),  # the frame that has the page, too, 0 for none: the swap cache
    ("next", I4),  # the next free one below this one on the free list
)

SWAP = record(
    ("slots", I8),  # those that the device has, its header not counted; 0: there is none
    ("begins", I8),  # where slot 0 would stand in the world's memory, beyond what physical addresses reach
    ("used", I8),
    ("next_slot", I8),  # slots from here on were never used
    ("free_slot", I8),  # the one freed last, 0 for none
    ("slot", SLOT, (MOST_SLOTS,)),
)

MAPPING = record(
    # a leaf that maps a frame
    ("next", I4),  # the next one of the same frame, 0 for none
    ("space", I4),  # the address space, by its slot
    ("level", I4),  # 1: of a huge page, which begins at the frame
    ("place", I8),  # where the PTE stands
    ("va", I8),
    ("file", I4),  # the page of storage that the frame is the shared one of, 0 for none
)

RECLAIM = record(
    ("hand", I8),  # the frame that CLOCK looks at next
    ("pages", I8),  # how many were ever taken away
    ("told", I8),  # how many events have told of
    ("slots", I8),  # free slots that those chosen will take
    ("victims", I8),
    ("victim", I8, (MOST_VICTIMS,)),  # frames
    # who maps what, while pages are chosen and taken away
    ("mappings", I8),
    ("first", I4, (MAX_FRAMES,)),  # by frame: the first mapping, 0 for none; minus that of a frame that is chosen
    ("mapping", MAPPING, (MOST_MAPPINGS,)),
    ("next_scan", I8),  # the cycle from which a system call looks for equal pages (`ksm`)
)
