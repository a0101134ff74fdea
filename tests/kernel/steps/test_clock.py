"""Which pages go first, beside CLOCK as a textbook has it."""

from functools import cache

from hypothesis import given, settings
from hypothesis import strategies as st

from emulator import Machine
from emulator.base.bits import A, nth_entry
from emulator.hardware.memory import read_word, write_word
from emulator.kernel.steps.reclaim.clock import choose
from emulator.paging import format as paging
from emulator.state import Rights
from isa import assemble
from tests.model.clock import Clock
from tests.running import PAGE, mmap, source

PAGES = 12
LOOP = "1: sd t1, 0(t0)\nadd t0, t0, t2\naddi t1, t1, -1\nbnez t1, 1b\n2: j 2b\n"


@cache
def machine():
    """A machine that stands in the middle of a program with so many pages, beside its text and stack."""
    here = Machine(memory="1MiB", swap="1MiB", engine="plain")
    here.spawn(assemble(source(mmap(PAGES * PAGE) + f"mv t0, a0\nli t1, {PAGES}\nli t2, {PAGE}\n" + LOOP)))
    here.run(200)
    return here


def pages():
    """The pages that are mapped: by frame, where the PTE stands and whether it says that the page was used."""
    (space,) = machine().state().spaces
    last = [table for table in space.root.tables() if table.level == 0]
    return {
        entry.frame: (nth_entry(table.frame * PAGE, entry.number), Rights.A in entry.rights)
        for table in last
        for entry in table.entries
    }


def set_used(place, used):
    """Set or clear A in the PTE at `place`."""
    world = machine().core.world
    hart, pte = world.hart[0], int(read_word(world, place))
    rights = paging.rights_of(hart, pte) & ~A
    write_word(world, place, paging.with_rights(hart, pte, rights | A if used else rights))


@settings(max_examples=25)
@given(st.data())
def test_pages_that_were_used_have_a_second_chance_and_the_others_go_in_their_order(data):
    world, before = machine().core.world, pages()
    assert len(before) > PAGES
    for place, _ in before.values():
        set_used(place, data.draw(st.booleans()))
    world.reclaim.hand = data.draw(st.integers(int(world.allocator.first_frame), int(world.allocator.next_frame) - 1))
    model = Clock({frame: used for frame, (_, used) in pages().items()}, int(world.reclaim.hand))
    wanted = data.draw(st.integers(1, len(before)))
    gone = model.choose(wanted)
    assert choose(world, world.hart[0], wanted) == len(gone)
    assert world.reclaim.victim[: len(gone)].tolist() == gone
    assert {frame: used for frame, (_, used) in pages().items()} == model.used
