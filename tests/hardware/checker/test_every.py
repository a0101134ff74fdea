"""The slow twin: each hit is compared with memory, and what is suspected must be just what memory grants no more."""

import pytest

from emulator import Machine
from emulator.base.errors import CheckerError
from emulator.hardware.checker import writes
from emulator.hardware.memory import write_word
from emulator.world.checker import EVERY
from tests.hardware.checker.bare import LEAVES, PAGE, bare, entry, leaf, use

PTE = entry(LEAVES, 0)


@pytest.fixture
def world():
    """A world whose hits are compared, the page having been walked to."""
    world = bare(on=EVERY)
    world.chip.hits_below = 0
    assert not use(world)
    return world


def test_it_agrees_where_the_write_was_seen(world):
    writes.put_word(world, world.hart[1], PTE, 0)
    assert use(world)
    assert world.checker.disagreements == 0


def test_it_finds_an_entry_that_should_be_suspect(world):
    write_word(world, PTE, 0)  # past the checker
    use(world)
    assert world.checker.disagreements == 1


def test_it_finds_a_suspect_that_memory_grants(world):
    writes.put_word(world, world.hart[1], PTE, 0)
    write_word(world, PTE, leaf(PAGE))
    use(world)
    assert world.checker.disagreements == 1


def test_a_run_in_which_the_two_have_differed_has_no_result():
    machine = Machine(memory="2MiB", check_stale="every")
    machine.world.checker.disagreements = 3
    with pytest.raises(CheckerError, match="differed at 3 TLB hits"):
        machine.run()


def test_a_run_that_had_no_room_to_watch_a_table_has_no_result():
    machine = Machine(memory="2MiB", check_stale=True)
    machine.world.checker.lost = 1
    with pytest.raises(CheckerError, match="no room to watch page tables"):
        machine.run()
