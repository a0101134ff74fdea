"""Writing where PTEs may stand: all of memory but what the instruction loop's fast path reaches.

Each function writes as the one of `hardware/memory.py` that it is named after; the checker sees what changes.
`hart` is who writes.
"""

from emulator.base.bits import STALE, at, frame_of, key_of, nth_entry
from emulator.base.jit import hot, rare
from emulator.base.kernel_names import Mistake
from emulator.base.mask import BITS, has
from emulator.base.names import Counter
from emulator.hardware.checker.rows import note_written_over
from emulator.hardware.checker.search import look_for
from emulator.hardware.checker.suspects import Change
from emulator.hardware.checker.tables import drop_unread_of, entry_at
from emulator.hardware.memory import clear_page, copy_page, read_word, write_aligned, write_part, write_word
from emulator.hardware.translation.tlb import set_of
from emulator.paging import format as paging
from emulator.world.checker import OFF, READ_WORDS
from emulator.world.hart import NO_LINE


@hot
def holds_tables(world, place):
    """Return whether walks have read PTEs from the page at `place`."""
    return world.checker.on != OFF and world.checker.first[at(frame_of(place))] != 0


@hot
def put_word(world, hart, place, value):
    """Write a word, as the kernel or a walk does."""
    write_word(world, place, value)
    if holds_tables(world, place):
        look_at_word(world, hart, place)


@hot
def put_part(world, hart, place, value, size):
    """Write up to 8 bytes of one page, as a program does."""
    write_part(world, place, value, size)
    if holds_tables(world, place):
        look_at_bytes(world, hart, place, size)
        fetch_anew(hart)


@hot
def put_aligned(world, hart, place, value, size):
    """Write 1, 2, 4 or 8 bytes at a multiple of their number, as a program does."""
    write_aligned(world, place, value, size)
    if holds_tables(world, place):
        look_at_word(world, hart, place)
        fetch_anew(hart)


@hot
def put_cleared(world, hart, target):
    """Fill the page at place `target` with zeros."""
    clear_page(world, target)
    if holds_tables(world, target):
        look_at_page(world, hart, target)


@hot
def put_copy(world, hart, source, target):
    """Copy the page at place `source` to place `target`."""
    copy_page(world, source, target)
    if holds_tables(world, target):
        look_at_page(world, hart, target)


@hot
def put_seen(world, hart, va, place, read, pte):
    """Write back, with A or D set, the PTE for `va` that a walk has read at `place`: it must not have changed (F19)."""
    word = read_word(world, place & ~7)
    if world.checker.on != OFF and paging.entry_in(hart, word, place) != read:
        note_written_over(world, hart, va, place, pte)
    put_word(world, hart, place & ~7, paging.word_with(hart, word, place, pte))


@hot
def look_at_word(world, hart, place):
    """Reconsider what has come from the word at `place`, which has been written."""
    entry = entry_at(place)
    found = world.checker.first[at(frame_of(place))] - 1
    while found >= 0:
        look_at_entry(world, hart, found, entry, place & ~7)
        found = world.checker.table[found].next - 1


@hot
def look_at_entry(world, hart, found, entry, place):
    """Reconsider what has come through `entry` of table number `found`, which stands at `place`."""
    if has(world.checker.table[found].read, entry):
        look_for(world, found, entry, Change(hart.number, place, read_word(world, place), Mistake.NO_FLUSH))


@rare
def look_at_page(world, hart, target):
    """Reconsider what has come from the page at place `target`, all of which has been written.

    It may begin another life: its tables that nothing comes from any more are forgotten.
    """
    found = world.checker.first[at(frame_of(target))] - 1
    while found >= 0:
        table = world.checker.table[found]
        for word in range(READ_WORDS):
            if table.read[word] != 0:
                for entry in range(word * BITS, (word + 1) * BITS):
                    look_at_entry(world, hart, found, entry, nth_entry(target, entry))
        # one that has lost its place meanwhile leads nowhere: begin again, what was looked at stays as it is
        found = (table.next if table.level >= 0 else world.checker.first[at(frame_of(target))]) - 1
    drop_unread_of(world, frame_of(target))


@rare
def look_at_bytes(world, hart, place, size):
    """Reconsider what has come from `size` bytes of one page at `place`, which have been written."""
    for word in range(place & ~7, place + size, 8):
        look_at_word(world, hart, word)


@hot
def fetch_anew(hart):
    """Let the page that is being fetched be looked up again if its entry has become suspect since.

    The line is entered once more, and was counted already.
    """
    if hart.suspected == 0 or hart.fetch_line == NO_LINE:
        return
    key = key_of(hart.fetch_line, hart.asid_bits)
    first = set_of(hart.itlb, key, 0)
    for entry in range(first, first + hart.itlb.ways):
        if hart.itlb.key[at(entry)] == key and hart.itlb.word[at(entry)] & STALE != 0:
            hart.fetch_line = NO_LINE
            hart.count[Counter.TLB_L1I_ACCESSES] -= 1
