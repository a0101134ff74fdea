"""Every cycle is told once, whatever the program, the machine and the strategy (F100)."""

from pathlib import Path

import pytest

from emulator import Machine
from emulator.observe.scene import Scene
from isa import Program
from tests.running import check_all_told

PROGRAMS = sorted(Path(__file__).parents[3].joinpath("programs").glob("*.s"))
MACHINES = (
    {"harts": 1},
    {"harts": 3, "overrides": {"quantum": "2000"}},
    {"harts": 4, "flush": "ceiling:33+latr"},
    {"harts": 4, "flush": "asid+batch+lazy", "schedule": "seed:1"},
    {"harts": 2, "flush": "ceiling:33+broadcast", "fork": "eager"},
    {"harts": 3, "flush": "full+gen:2+early-ack+concurrent", "overrides": {"asid_bits": "3", "quantum": "2000"}},
)


@pytest.mark.parametrize("machine", MACHINES, ids=str)
@pytest.mark.parametrize("program", PROGRAMS, ids=lambda path: path.stem)
def test_events_and_own_instructions_sum_to_each_hart_s_cycles(program, machine):  # F100
    here = Machine(memory="8MiB", **machine)
    here.spawn(Program.load(program))
    check_all_told(here.run(20_000))


@pytest.mark.parametrize("machine", MACHINES, ids=str)
@pytest.mark.parametrize("name", ["shootdown", "fork_exec", "cow_with_threads"])
def test_every_invalidation_is_told_by_one_event(name, machine):  # F101
    here = Machine(memory="8MiB", **machine)
    here.spawn(Program.load(PROGRAMS[0].with_stem(name)))
    result = here.run(20_000)
    told = [row for rows in Scene.of(result).flushes.values() for row in rows]
    assert sorted(told) == list(range(len(result.invalidations)))
