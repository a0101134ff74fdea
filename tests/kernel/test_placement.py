"""Which frames the allocator hands out first: a setting."""

import pytest

from emulator import Machine
from emulator.base.errors import ConfigError
from emulator.config import Config
from emulator.kernel.boot import BOOT_FRAMES, build_world
from isa import assemble

FRAMES = 256  # of 1 MiB


def handed_out(placement):
    """The frames of a machine of 1 MiB in the order in which they are handed out."""
    world = build_world(Config.make(memory="1MiB", overrides={"placement": str(placement)}))
    allocator = world.allocator
    frames, frame = [], int(allocator.free_list)
    while frame:
        frames.append(frame)
        frame = int(world.frame["next"][frame])
    return [*frames, *range(int(allocator.next_frame), int(allocator.frame_limit))]


def test_without_a_placement_the_lowest_frame_comes_first():
    assert handed_out(0) == list(range(BOOT_FRAMES, FRAMES))


@pytest.mark.parametrize("seed", [1, 2, (1 << 63) - 1])
def test_a_placement_hands_out_every_frame_once_in_another_order(seed):
    frames = handed_out(seed)
    assert sorted(frames) == list(range(BOOT_FRAMES, FRAMES))
    assert frames != sorted(frames)
    assert frames == handed_out(seed)


def test_another_seed_is_another_order():
    assert handed_out(1) != handed_out(2)


def test_a_program_does_the_same_wherever_its_frames_lie():
    program = assemble("_start: addi sp, sp, -16\nsd a0, 0(sp)\nli a0, 7\nli a7, 93\necall\n")
    results = []
    for seed in ("0", "5"):
        machine = Machine(memory="1MiB", overrides={"placement": seed})
        machine.spawn(program)
        results.append(machine.run())
    assert [result.exit_status for result in results] == [7, 7]
    assert results[0].counters["instructions"] == results[1].counters["instructions"]
    assert results[0].counters["fault.total"] == results[1].counters["fault.total"]


def test_a_placement_that_is_no_seed_is_refused():
    with pytest.raises(ConfigError, match="placement: "):
        Config.make(overrides={"placement": "-1"})
