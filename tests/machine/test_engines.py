"""Compiled and plain: the same source gives the same numbers, to the last cycle and event. And twice the same run."""

import hashlib
import json
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from emulator import Machine
from isa import Program
from tests.running import check

ROOT = Path(__file__).parents[2]
PROGRAMS = sorted((ROOT / "programs").glob("*.s"))
SETTINGS = [{}, {"fork": "eager", "flush": "full"}, {"fork": "cow-stack", "flush": "ceiling:2", "paging": "sv48"}]
LONG = {"out_of_memory"}  # plain Python takes a minute for it; the others take seconds together


def fingerprint(path, settings):
    """Everything a run leaves behind, as text."""
    machine = Machine(**{"memory": "8MiB", **settings})
    machine.spawn(Program.load(path))
    result = check(machine.run(max_instructions=1_000_000))
    return {
        "counters": dict(result.counters),
        "costs": dict(result.costs),
        "status": result.exit_status,
        "output": result.stdout,
        "events": hashlib.sha256(result.events.tobytes()).hexdigest(),
        "memory": hashlib.sha256(machine._world.memory.tobytes()).hexdigest(),
    }


def fingerprints():
    """The fingerprints of the short programs by name, each under one of the settings in turn."""
    short = [path for path in PROGRAMS if path.stem not in LONG]
    return {path.stem: fingerprint(path, SETTINGS[place % len(SETTINGS)]) for place, path in enumerate(short)}


@pytest.mark.slow
def test_plain_python_gives_the_numbers_of_compiled_code_to_the_last_cycle():
    environment = {**os.environ, "NUMBA_DISABLE_JIT": "1", "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "error"}
    plain = subprocess.run([sys.executable, __file__], env=environment, capture_output=True, text=True, check=False)
    assert plain.returncode == 0, plain.stderr
    there, here = json.loads(plain.stdout), fingerprints()
    assert there.keys() == here.keys()
    for name in here:
        assert there[name] == here[name], name


@pytest.mark.parametrize("path", PROGRAMS, ids=lambda path: path.stem)
def test_the_same_run_twice_leaves_the_same_behind(path):
    assert fingerprint(path, {"seed": 7}) == fingerprint(path, {"seed": 7})


WORLDS = {
    "one hart": {},
    "four harts": {"harts": 4},
    "four harts at random": {"harts": 4, "schedule": "seed:3"},
    "anything allowed": {"harts": 2, "schedule": "seed:5", "tlb": "adversarial", "check_stale": True},
}


@pytest.mark.parametrize("settings", WORLDS.values(), ids=WORLDS)
@pytest.mark.parametrize("path", PROGRAMS, ids=lambda path: path.stem)
def test_a_run_in_small_steps_ends_as_one_in_a_piece(path, settings):
    """The limit may fall anywhere: nothing that a program does depends on where the loop was left."""
    settings = {"memory": "8MiB", **settings}
    whole, stepped = Machine(**settings), Machine(**settings)
    whole.spawn(Program.load(path))
    stepped.spawn(Program.load(path))
    expected = check(whole.run(max_instructions=1_000_000))
    steps = random.Random(path.stem)
    ended = "limit"
    while ended == "limit":
        result = stepped.run(max_instructions=steps.randint(1, max(expected.instructions // 20, 1)))
        ended = result.ended
    assert (ended, result.exit_status, result.stdout) == (expected.ended, expected.exit_status, expected.stdout)
    assert result.per_hart == expected.per_hart
    assert result.events.tobytes() == expected.events.tobytes()
    assert result.invalidations.tobytes() == expected.invalidations.tobytes()
    assert result.stale.tobytes() == expected.stale.tobytes()


@pytest.mark.parametrize("paging", ["sv39", "sv48", "sv57"])
@pytest.mark.parametrize("ad", ["svadu", "svade"])
@pytest.mark.parametrize("profile", ["skylake", "ideal"])
def test_what_programs_do_depends_neither_on_the_machine_nor_on_its_paging(profile, ad, paging):
    for path in PROGRAMS:
        if path.stem in LONG:
            continue
        machine = Machine(profile, memory="8MiB", paging=paging, ad=ad)
        machine.spawn(Program.load(path))
        result = check(machine.run(max_instructions=1_000_000))
        plain = fingerprint(path, {})
        assert (result.exit_status, result.stdout) == (plain["status"], plain["output"])
        for name in ("instructions", "cow.copies", "cow.reuses", "zero.maps", "zero.fills", "fork.write_protected"):
            assert result.counters[name] == plain["counters"][name]


def test_on_the_ideal_machine_every_cycle_is_an_instruction():
    for path in PROGRAMS:
        machine = Machine("ideal", memory="8MiB")
        machine.spawn(Program.load(path))
        result = check(machine.run(max_instructions=1_000_000))
        chunks = result.cycles - result.instructions  # each chunk of a block copy costs one, too
        assert chunks == 0 or path.stem == "bcopy_across_cow"


if __name__ == "__main__":
    print(json.dumps(fingerprints()))
