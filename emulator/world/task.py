"""The record of what the kernel knows of a hart: whose thread it runs, where, how long, and what it still has to do."""

from emulator.base.names import Cost
from emulator.base.record import I8, record

NO_SPACE = -1
MAX_SLOTS = 64

TASK = record(
    ("space", I8),  # the address space that it runs in, -1 for none
    ("pid", I8),
    ("tid", I8),
    ("slice_ends", I8),  # when that thread gives way to others
    ("next_tick", I8),  # when it looks next for postponed invalidations
    ("cut", I8),  # 1: the stretch under way may end before it is over, for Python to look around
    ("open", I8),  # 1: it did, and goes on where it was
    ("trap", I8),  # a `Trap` that it has taken and the kernel has not yet dealt with
    ("flush_pending", I8),  # 1: ASIDs were handed out anew; everything goes before it enters another space
    ("recent", I8, (MAX_SLOTS,)),  # 1 + the address spaces that it ran in last, the latest first (gen)
    ("looked", I8),  # 1 + its instructions when breakpoints were looked at last: each is met once
    ("watched", I8),  # the same when watched memory was thought of
    ("spurious", I8),  # how many spurious faults it has taken in a row
    ("spurious_at", I8),  # 1 + its instructions then
    # invalidations
    ("dropped", I8),  # how many there had been when it last dropped all of an address space that it was in
    ("dropped_space", I8),  # which
    ("ipi_at", I8),  # when the interrupt that was sent to it arrives
    ("serves_from", I8),  # when its handler began last
    ("serves_until", I8),  # when that has carried out all that others told it
    ("waits_until", I8),  # when it waited in the kernel last, to the end
    ("slack", I8),  # the cycles of that wait which its handler has not taken yet
    ("owed", I8),  # 1: an invalidation that it has still to carry out: of `owed_pages` pages of `owed_space`
    ("owed_space", I8),
    ("owed_start", I8),
    ("owed_pages", I8),
    ("owed_level", I8),
    ("owed_number", I8),
    # accounts
    ("told", I8, (len(Cost),)),  # what events tell of it
    ("own", I8, (len(Cost),)),  # what they did not when the kernel took over last: the program's own instructions
    ("first", I8),  # how many invalidations there were then
)
