"""The rows of `result.stale`: what is told of an entry that was used, or of a PTE that was written over."""

from emulator.base.bits import frame_in, make_valid, rights_in
from emulator.base.jit import hot, rare
from emulator.base.kernel_names import Mistake
from emulator.base.names import Access, Counter
from emulator.hardware.memory import read_word
from emulator.paging import format as paging
from emulator.world.checker import STALE_ROWS

UNKNOWN = -1


@hot
def has_row(world):
    """Return whether there is room for one more row."""
    return world.checker.rows < STALE_ROWS


@hot
def next_row(world, hart, va, kind):
    """Return a new row of a mistake of `kind` that `hart` has met at `va`, with nobody named for it yet."""
    row = world.checker.row[world.checker.rows]
    world.checker.rows += 1
    row.hart, row.pid, row.image, row.pc = hart.number, world.task[hart.number].pid, hart.image, hart.pc
    row.va, row.access, row.cycle, row.uses = va, Access.LOAD, hart.clock, 1
    row.kind, row.place = kind, 0
    row.writer_hart, row.writer_image, row.writer_pc, row.writer_cycle = UNKNOWN, 0, 0, 0
    row.cause, row.number, row.late, row.window = UNKNOWN, UNKNOWN, 0, 0
    row.frame, row.freed = 0, 0
    row.pte_before, row.pte_after = 0, 0
    return row


@hot
def as_pte(hart, word, level):
    """Return what a TLB word, suspect or not, grants, or where a pointer at `level` in a walk cache leads, as a PTE."""
    if level > 0:
        return paging.make_pointer(hart, frame_in(word))
    return paging.make_leaf(hart, frame_in(word), rights_in(make_valid(word)))


@rare
def note_written_over(world, hart, va, place, pte):
    """Tell that `hart`'s walk writes `pte` back to `place`, which holds another one by now: what it was is lost."""
    hart.count[Counter.STALE_USES] += 1
    if has_row(world):
        row = next_row(world, hart, va, Mistake.WRITTEN_OVER)
        row.place, row.pte_before, row.pte_after = place, read_word(world, place), pte
        row.writer_hart, row.writer_image = hart.number, hart.image
        row.writer_pc, row.writer_cycle = hart.pc, hart.clock
