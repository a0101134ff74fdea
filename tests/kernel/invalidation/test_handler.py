"""Interrupts that queue at a hart, and those that come while it waits: when it answers, and what that takes from it."""

import pytest

from emulator.base.kernel_names import FlushCause
from emulator.base.names import Cost, Price
from emulator.config import Config
from emulator.kernel.boot import build_world
from emulator.kernel.invalidation.handler import note_wait
from emulator.kernel.invalidation.ipi import answer, note_request, send
from emulator.kernel.invalidation.ledger import begin_row
from emulator.kernel.invalidation.ranges import NOTHING, Range

SENDERS, TARGET = (0, 1, 2), 3


class Chip:
    """Four busy harts at cycle 10,000 and the prices of interrupts; three of them tell the last one things."""

    def __init__(self, locks="mmap", at=10_000):
        self.world = build_world(Config.make(harts=4, memory="8MiB", overrides={"locks": locks}))
        self.serve, self.deliver, self.ack = (
            int(self.world.chip.price[price]) for price in (Price.IPI_SERVE, Price.IPI_DELIVER, Price.IPI_ACK)
        )
        self.target = self.world.hart[TARGET]
        for h in range(4):
            self.world.hart[h].clock, self.world.hart[h].busy = at, 1

    def answered(self, sender, arrives):
        """Return when `sender` has an answer of the target, which does nothing, to an interrupt that so arrives."""
        hart = self.world.hart[sender]
        hart.clock = arrives - self.deliver - int(self.world.chip.price[Price.IPI_SEND])
        self.world.request.tolds = 0
        row = begin_row(self.world, hart, 0, NOTHING, FlushCause.BARRIER)
        send(self.world, hart, self.target)
        note_request(self.world, hart, Range(0, 0, NOTHING, 0), row)
        return answer(self.world, self.target, row) - self.ack

    def wait(self, until):
        """Let the target wait in the kernel until then."""
        waited = until - self.target.clock
        self.target.clock = until
        note_wait(self.world, self.target, waited)

    @property
    def served(self):
        return int(self.target.cost[Cost.SHOOTDOWN_SERVE])


def test_a_hart_answers_when_its_interrupt_has_come_and_is_served():
    chip = Chip()
    assert chip.answered(0, 10_000) == 10_000 + chip.serve


def test_of_two_interrupts_at_once_the_second_waits_for_the_first():
    chip = Chip()
    assert chip.answered(0, 10_000) == 10_000 + chip.serve
    assert chip.answered(1, 10_000) == 10_000 + 2 * chip.serve
    assert chip.served == 2 * chip.serve


def test_an_interrupt_after_the_service_of_another_waits_for_nothing():
    chip = Chip()
    chip.answered(0, 10_000)
    assert chip.answered(1, 10_000 + chip.serve) == 10_000 + 2 * chip.serve


def test_what_comes_before_a_queued_interrupt_is_taken_is_found_by_it():
    chip = Chip()
    first, second, third = (chip.answered(sender, 10_000 + sender) for sender in SENDERS)
    assert (first, second, third) == (10_000 + chip.serve, 10_000 + 2 * chip.serve, second)
    assert chip.served == 2 * chip.serve


@pytest.mark.parametrize("locks", ["space", "mmap", "vma"])
def test_a_hart_that_waits_in_the_kernel_answers_at_once_and_its_wait_is_no_longer_for_that(locks):
    chip = Chip(locks)
    chip.wait(until=20_000)
    assert chip.answered(0, 12_000) == 12_000 + chip.serve
    assert (chip.target.clock, chip.served) == (20_000, 0)


def test_what_goes_beyond_the_wait_takes_its_time():
    chip = Chip()
    chip.wait(until=10_000 + chip.serve)
    assert [chip.answered(sender, 10_000) for sender in (0, 1)] == [10_000 + chip.serve, 10_000 + 2 * chip.serve]
    assert (chip.target.clock, chip.served) == (10_000 + 2 * chip.serve, chip.serve)


@pytest.mark.parametrize(("locks", "answers"), [("space", 30_000), ("mmap", 12_000), ("vma", 12_000)])
def test_a_hart_that_works_in_the_kernel_is_interrupted_there_unless_its_steps_are_not_interrupted(locks, answers):
    chip = Chip(locks)
    chip.target.clock = 30_000  # its step of the kernel began before the interrupt comes, and is done already
    assert chip.answered(0, 12_000) == answers + chip.serve
    assert chip.target.clock == 30_000 + chip.serve
