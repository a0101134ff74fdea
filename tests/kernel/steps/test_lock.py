"""The locks of an address space: who waits for whom (Linux, Documentation/mm/process_addrs.rst)."""

import pytest

from emulator.base.kernel_names import Backing, RegionKind
from emulator.base.names import Cost
from emulator.config import Config
from emulator.kernel.boot import build_world
from emulator.kernel.steps import address_space
from emulator.kernel.steps.lock import await_others, begin_change, begin_fault, end_change, end_fault, end_reading

PAGE = 4096
LOW, HIGH = 0x100000, 0x200000  # two regions of a page each
LONG = 5000
FINER = pytest.mark.parametrize("locks", ["mmap", "vma"])


def machine(locks):
    """Return a world of two harts, both at cycle 0, and an address space of two regions."""
    world = build_world(Config.make(harts=2, memory="8MiB", overrides={"locks": locks}))
    space = world.space[address_space.create(world, world.hart[0])]
    for start, prot in ((LOW, 1), (HIGH, 2)):
        address_space.add_region(world, space, start, start + PAGE, prot, RegionKind.ANONYMOUS, Backing.ZEROS, 0)
    for h in range(2):
        world.hart[h].clock, world.hart[h].cost[:] = 0, 0
    return world, space


def waited(hart):
    """Return what the hart has waited for locks, which is all that it has done."""
    assert hart.clock == hart.cost[Cost.KERNEL_LOCK]
    return hart.clock


def changed(world, space, start=LOW):
    """Let hart 0 change the region at `start` up to cycle LONG."""
    begin_change(world, world.hart[0], space)
    world.hart[0].clock = LONG
    end_change(world, world.hart[0], space, start, start + PAGE)


@FINER
def test_of_two_harts_that_change_regions_the_second_waits_for_the_first(locks):
    world, space = machine(locks)
    changed(world, space)
    begin_change(world, world.hart[1], space)
    assert waited(world.hart[1]) == LONG


@FINER
def test_who_comes_when_the_change_is_done_waits_for_nothing(locks):
    world, space = machine(locks)
    changed(world, space)
    world.hart[1].clock = world.hart[1].cost[Cost.KERNEL_LOCK] = LONG
    begin_change(world, world.hart[1], space)
    assert waited(world.hart[1]) == LONG


@FINER
def test_who_discards_does_not_wait_for_another_who_does(locks):
    world, space = machine(locks)
    world.hart[0].clock = LONG
    end_reading(world, world.hart[0], space)
    await_others(world, world.hart[1], space)
    assert waited(world.hart[1]) == 0


@FINER
def test_who_discards_waits_for_a_change(locks):
    world, space = machine(locks)
    changed(world, space)
    await_others(world, world.hart[1], space)
    assert waited(world.hart[1]) == LONG


@FINER
def test_a_change_waits_for_who_discards(locks):
    world, space = machine(locks)
    world.hart[0].clock = LONG
    end_reading(world, world.hart[0], space)
    begin_change(world, world.hart[1], space)
    assert waited(world.hart[1]) == LONG


@pytest.mark.parametrize(("locks", "waits"), [("mmap", LONG), ("vma", 0)])
def test_a_change_waits_for_a_fault_that_holds_the_lock_of_the_space(locks, waits):
    world, space = machine(locks)
    world.hart[0].clock = LONG
    end_fault(world, world.hart[0], space)
    begin_change(world, world.hart[1], space)
    assert waited(world.hart[1]) == waits


@pytest.mark.parametrize(
    ("locks", "va", "waits"),
    [("mmap", LOW, LONG), ("mmap", HIGH, LONG), ("vma", LOW, LONG), ("vma", HIGH, 0)],
)
def test_with_locks_of_regions_a_fault_in_another_region_does_not_wait(locks, va, waits):
    world, space = machine(locks)
    changed(world, space, LOW)
    begin_fault(world, world.hart[1], space, va)
    assert waited(world.hart[1]) == waits


def test_a_fault_in_no_region_waits_for_the_lock_of_the_space():
    world, space = machine("vma")
    changed(world, space)
    begin_fault(world, world.hart[1], space, HIGH + PAGE)
    assert waited(world.hart[1]) == LONG


@FINER
def test_a_fault_does_not_wait_for_another(locks):
    world, space = machine(locks)
    world.hart[0].clock = LONG
    end_fault(world, world.hart[0], space)
    begin_fault(world, world.hart[1], space, LOW)
    assert waited(world.hart[1]) == 0


def test_halves_of_a_region_that_is_being_changed_are_both_being_changed():
    world, space = machine("vma")
    address_space.add_region(world, space, HIGH + PAGE, HIGH + 2 * PAGE, 2, RegionKind.ANONYMOUS, Backing.ZEROS, 0)
    changed(world, space, HIGH)
    assert address_space.split_range(world, space, HIGH + PAGE, HIGH + 2 * PAGE)
    begin_fault(world, world.hart[1], space, HIGH + PAGE)
    assert waited(world.hart[1]) == LONG
