"""512 frames in a row, of the same frames as single ones: none is lost, none is handed out twice."""

import random

import pytest

from emulator.base.bits import HUGE_PAGES
from emulator.config import Config
from emulator.kernel.boot import BOOT_FRAMES, build_world
from emulator.kernel.memory.frames import NONE, give, take
from emulator.kernel.memory.huge_frames import give_huge, has_huge, has_one_owner, hold_huge, take_huge


class Memory:
    """The frames of a machine of so many MiB, and the hart that asks for them."""

    def __init__(self, size=8, **overrides):
        self.world = build_world(Config.make(memory=f"{size}MiB", overrides=overrides))
        self.hart = self.world.hart[0]

    def take(self):
        return int(take(self.world, self.hart))

    def take_huge(self):
        return int(take_huge(self.world, self.hart))

    def give(self, frame):
        give(self.world, self.hart, frame)

    def give_huge(self, head):
        give_huge(self.world, self.hart, head)

    @property
    def in_use(self):
        return int(self.world.allocator.in_use)


def test_a_huge_page_is_aligned_and_each_of_its_frames_has_one_owner():
    memory = Memory()
    memory.take()
    head = memory.take_huge()
    assert head % HUGE_PAGES == 0
    assert has_one_owner(memory.world, head)
    assert memory.in_use == BOOT_FRAMES + 1 + HUGE_PAGES


def test_the_frames_before_it_are_handed_out_next_the_lowest_first():
    memory = Memory()
    assert memory.take_huge() == HUGE_PAGES
    assert [memory.take() for _ in range(3)] == [BOOT_FRAMES, BOOT_FRAMES + 1, BOOT_FRAMES + 2]


def test_there_are_as_many_as_fit_beside_what_was_taken_at_boot():
    memory = Memory()  # four pieces of 2 MiB, the kernel's frames in the first
    assert [memory.take_huge() for _ in range(4)] == [512, 1024, 1536, NONE]
    assert [memory.take() for _ in range(510)] == list(range(2, 512))
    assert memory.take() == NONE


def test_one_small_frame_is_in_the_way_until_it_is_given_back():
    memory = Memory(4)
    frames = [memory.take() for _ in range(1022)]
    for frame in frames:
        if frame != 700:
            memory.give(frame)
    assert memory.take_huge() == NONE
    memory.give(700)
    assert memory.take_huge() == 512


def test_what_is_said_to_be_there_can_be_had():
    memory = Memory()
    assert has_huge(memory.world, 3)
    assert not has_huge(memory.world, 4)
    memory.take_huge()
    assert has_huge(memory.world, 2)
    assert not has_huge(memory.world, 3)


def test_a_frame_with_another_owner_outlives_its_huge_page():  # F61
    memory = Memory()
    head = memory.take_huge()
    memory.world.frame[head + 5].refs += 1
    assert not has_one_owner(memory.world, head)
    memory.give_huge(head)
    assert memory.in_use == BOOT_FRAMES + 1
    memory.give(head + 5)
    assert memory.in_use == BOOT_FRAMES


def test_two_owners_give_it_back_twice():
    memory = Memory()
    head = memory.take_huge()
    hold_huge(memory.world, memory.hart, head)
    memory.give_huge(head)
    assert memory.in_use == BOOT_FRAMES + HUGE_PAGES
    memory.give_huge(head)
    assert memory.in_use == BOOT_FRAMES


@pytest.mark.parametrize("placement", ["0", "3"])
@pytest.mark.parametrize("seed", range(3))
def test_frames_are_conserved_whoever_takes_and_gives_what(seed, placement):  # F68
    chance, memory, held, huge = random.Random(seed), Memory(placement=placement), set(), set()
    for _ in range(300):
        wanted = chance.choice(("take", "take", "give", "huge", "give huge"))
        if wanted == "take":
            for _ in range(chance.randrange(60)):
                frame = memory.take()
                if frame != NONE:
                    assert frame not in held
                    assert frame - frame % HUGE_PAGES not in huge
                    held.add(frame)
        elif wanted == "huge":
            head = memory.take_huge()
            free = 2048 - BOOT_FRAMES - len(held) - HUGE_PAGES * len(huge)
            if head != NONE:
                assert not held & set(range(head, head + HUGE_PAGES))
                assert head not in huge
                huge.add(head)
            else:
                pieces = {frame // HUGE_PAGES for frame in held} | {head // HUGE_PAGES for head in huge} | {0}
                assert len(pieces) == 4 or free < HUGE_PAGES
        elif wanted == "give" and held:
            for frame in chance.sample(sorted(held), len(held) // 2 + 1):
                memory.give(frame)
                held.remove(frame)
        elif wanted == "give huge" and huge:
            memory.give_huge(huge.pop())
        assert memory.in_use == BOOT_FRAMES + len(held) + HUGE_PAGES * len(huge)
