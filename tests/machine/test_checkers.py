"""The stale-entry checker and its slow twin, beside each other and beside no checker at all, on every program.

With `every`, a hit at which suspicion and memory differ ends the run in CheckerError.
"""

from pathlib import Path

import pytest

from emulator import Machine
from isa import Program
from tests.running import check

PROGRAMS = sorted((Path(__file__).parents[2] / "programs").glob("*.s"))
MACHINES = {
    "one hart": {},
    "four harts": {"harts": 4},
    "few ASIDs": {"harts": 2, "overrides": {"asid_bits": "2", "quantum": "5000"}, "schedule": "seed:2"},
    "no ASIDs": {"overrides": {"asid_bits": "0", "quantum": "5000"}},
    "postponed": {"harts": 4, "flush": "ceiling:33+latr", "schedule": "seed:3", "overrides": {"tick": "20000"}},
    "anything allowed": {"harts": 3, "tlb": "adversarial", "schedule": "seed:4"},
}


def looked_at(path, how, settings):
    """A run of a program with the checker `how` it is."""
    machine = Machine(**{"memory": "8MiB", **settings, "check_stale": how})
    machine.spawn(Program.load(path))
    return check(machine.run(1_000_000))


@pytest.mark.parametrize("settings", MACHINES.values(), ids=MACHINES)
@pytest.mark.parametrize("path", PROGRAMS, ids=lambda path: path.stem)
def test_the_checkers_agree_and_change_nothing(path, settings):
    off, on, every = (looked_at(path, how, settings) for how in (False, True, "every"))
    assert every.counters == on.counters
    assert every.stale.tobytes() == on.stale.tobytes()
    assert {**on.counters, "stale.window_uses": 0} == off.counters
    assert off.costs == on.costs == every.costs
    assert off.events.tobytes() == on.events.tobytes() == every.events.tobytes()
    assert off.stdout == on.stdout == every.stdout
