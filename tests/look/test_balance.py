"""F61, F68: what does not add up is found by looking for every reference, and told with the frame's history."""

import pytest

from emulator import Machine
from emulator.base.bits import V
from emulator.base.names import Trap
from emulator.kernel.doors import entries
from emulator.look.balance import imbalances
from isa import assemble
from tests.balance import assert_balanced
from tests.running import PAGE, mmap, source

pytestmark = [pytest.mark.both_engines, pytest.mark.unbalanced]  # by hand, for it to be found

TEXT = mmap(3 * PAGE) + "mv s0, a0\nsd s0, 0(s0)\nebreak\n"


def stopped():
    """A machine that has stored to a page, and the frame of it."""
    machine = Machine(memory="8MiB", ledger=True)
    process = machine.spawn(assemble(source(TEXT)))
    machine.core.holds_back = frozenset({Trap.BREAKPOINT})
    assert machine.run().ended == "ebreak"
    va = int(machine.world.hart[0].regs[8])
    root = int(machine.world.space[process.space]["root"])
    return machine, va, int(entries.find_place(machine.world, root, va)) // PAGE


def wrongs(machine):
    """What is wrong first with each frame."""
    return {one.frame: one.wrong for one in reversed(imbalances(machine.world, machine.kernel))}


def test_a_right_kernel_is_in_balance():
    machine, _, _ = stopped()
    assert wrongs(machine) == {}


@pytest.mark.parametrize(("change", "counts"), [(1, "counts 2 references"), (-1, "counts 0 references")])
def test_a_frame_that_counts_one_reference_too_many_or_too_few(change, counts):
    machine, va, frame = stopped()
    machine.world.frame["refs"][frame] += change
    assert wrongs(machine)[frame].startswith(f"{counts} and is held by pid 1 at {va:#x}")


def test_a_frame_that_nobody_holds_any_more():
    machine, _, frame = stopped()
    machine.world.memory[_place(machine, frame)] = 0
    assert wrongs(machine) == {frame: "counts 1 reference and is held by nobody"}


def test_a_frame_that_is_lost_to_the_chain_of_free_ones():
    machine, _, frame = stopped()
    machine.world.memory[_place(machine, frame)] = 0
    machine.world.frame["refs"][frame] = 0
    machine.world.allocator.in_use -= 1
    assert wrongs(machine) == {frame: "counts no references and is not among the free frames"}


def test_a_frame_that_is_free_and_mapped():
    machine, _, frame = stopped()
    machine.world.frame["next"][frame] = machine.world.allocator.free_list
    machine.world.allocator.free_list = frame
    assert wrongs(machine) == {frame: "is chained among the free frames and is not free"}


def test_a_chain_of_free_frames_that_is_a_circle():
    machine, _, frame = stopped()
    machine.world.frame["next"][frame] = frame
    machine.world.allocator.free_list = frame
    assert imbalances(machine.world, machine.kernel)[-1] == (frame, "is chained twice among the free frames")


def test_a_wrong_number_of_frames_in_use():
    machine, _, _ = stopped()
    machine.world.allocator.in_use += 1
    assert "frames are said to be in use" in wrongs(machine)[0]


def test_what_is_wrong_comes_with_the_history_of_the_frame():
    machine, va, frame = stopped()
    machine.world.frame["refs"][frame] += 1
    with pytest.raises(AssertionError, match=f"taken by pid 1 at va {va:#x}, zeros"):
        assert_balanced(machine.core)


def _place(machine, frame):
    """Where the word stands that leads to `frame`, in words."""
    words = machine.world.memory[: 64 * PAGE // 8].tolist()
    (found,) = [place for place, word in enumerate(words) if word >> 10 == frame and word & V]
    return found
