"""Compiled and plain: the same source gives the same numbers, to the last cycle and event. And twice the same run."""

import hashlib
import random
from pathlib import Path

import pytest

from emulator import Machine
from emulator.machine import core
from emulator.native import engine
from emulator.native.service import Compilation
from isa import Program
from tests.running import check

ROOT = Path(__file__).parents[2]
PROGRAMS = sorted((ROOT / "programs").glob("*.s"))
FEW = {f"tlb.{name}.{key}": "4" for name in ("l1i", "l1d", "l2") for key in ("entries", "ways")}
UNUSUAL = {"tlb.l2.inclusive": "true", "negative": "1", "overlap.walkers": "2", "overlap.loads": "10"}  # of hardware
SETTINGS = [
    {},
    {"fork": "eager", "flush": "full"},
    {"fork": "cow-stack", "flush": "ceiling:2", "paging": "sv48"},
    {"fork": "shared-tables", "paging": "x86-64"},
    {"overrides": {**FEW, **UNUSUAL, "replacement": "srrip"}},
    {"overrides": {**UNUSUAL, "replacement": "random"}, "seed": 7},
]
LONG = {"out_of_memory"}  # plain Python takes a minute for it; the others take seconds together


def fingerprint(path, settings, plainly=True):
    """Everything a run leaves behind, as text; its harts may take the plain road to a page (`translation/plain.py`)."""
    here = Machine(**{"memory": "8MiB", **settings})
    here.world.harts["plain"] &= plainly
    here.spawn(Program.load(path))
    result = check(here.run(max_instructions=1_000_000))
    return {
        "counters": dict(result.counters),
        "costs": dict(result.costs),
        "status": result.exit_status,
        "output": result.stdout,
        "events": hashlib.sha256(result.events.tobytes()).hexdigest(),
        "memory": hashlib.sha256(here.world.memory[: here.config.memory // 8].tobytes()).hexdigest(),
    }


@pytest.fixture(scope="module")
def compiled():
    """Compiled code, made first where there is none yet."""
    return engine.wait()


def small(path):
    """Settings under which plain Python takes seconds for a program."""
    return {"memory": "1MiB"} if path.stem in LONG else {}


@pytest.mark.parametrize("path", PROGRAMS, ids=lambda path: path.stem)
def test_plain_python_gives_the_numbers_of_compiled_code_to_the_last_cycle(path, compiled):
    settings = SETTINGS[PROGRAMS.index(path) % len(SETTINGS)] | small(path)
    plain = fingerprint(path, {"engine": "plain", **settings})
    assert plain == fingerprint(path, {"engine": "compiled", **settings})


@pytest.mark.parametrize("harts", [1, 4])
@pytest.mark.parametrize("path", PROGRAMS, ids=lambda path: path.stem)
def test_a_run_that_changes_over_in_its_midst_gives_the_same(path, harts, compiled, monkeypatch):
    settings = small(path) | ({"harts": harts, "schedule": f"seed:{harts}"} if harts > 1 else {})
    whole = fingerprint(path, {"engine": "compiled", **settings})
    pieces = random.Random(path.stem)
    monkeypatch.setattr(core, "PLAIN_STRETCH", max(whole["counters"]["instructions"] // 50, 1))
    looks = iter([None] * pieces.randint(1, 40))
    monkeypatch.setattr(engine, "ready", lambda modules: next(looks, compiled))
    monkeypatch.setattr(engine, "_in_background", lambda modules: Compilation(ROOT / "no.image", modules))
    assert fingerprint(path, {"engine": "auto", **settings}) == whole


@pytest.mark.parametrize("path", PROGRAMS, ids=lambda path: path.stem)
def test_where_no_road_is_plain_a_run_gives_the_same(path):
    number = PROGRAMS.index(path)
    settings = {"check_stale": number % 2 == 0, "harts": 1 + number % 3} | SETTINGS[number % len(SETTINGS)]
    assert fingerprint(path, settings, plainly=False) == fingerprint(path, settings)


@pytest.mark.parametrize("path", PROGRAMS, ids=lambda path: path.stem)
def test_the_same_run_twice_leaves_the_same_behind(path):
    assert fingerprint(path, {"seed": 7}) == fingerprint(path, {"seed": 7})


WORLDS = {
    "one hart": {},
    "four harts": {"harts": 4},
    "four harts at random": {"harts": 4, "schedule": "seed:3"},
    "anything allowed": {"harts": 2, "schedule": "seed:5", "tlb": "adversarial", "check_stale": True},
    "unusual hardware": {"harts": 2, "check_stale": True, "overrides": {**FEW, **UNUSUAL, "replacement": "srrip"}},
    "unusual, at random": {"harts": 2, "seed": 3, "overrides": {**FEW, **UNUSUAL, "replacement": "random"}},
    "huge pages": {"harts": 2, "huge": "always", "memory": "32MiB"},
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
        here = Machine(profile, memory="8MiB", paging=paging, ad=ad)
        here.spawn(Program.load(path))
        result = check(here.run(max_instructions=1_000_000))
        plain = fingerprint(path, {})
        assert (result.exit_status, result.stdout) == (plain["status"], plain["output"])
        for name in ("instructions", "cow.copies", "cow.reuses", "zero.maps", "zero.fills", "fork.write_protected"):
            assert result.counters[name] == plain["counters"][name]


def test_on_the_ideal_machine_every_cycle_is_an_instruction():
    for path in PROGRAMS:
        here = Machine("ideal", memory="8MiB")
        here.spawn(Program.load(path))
        result = check(here.run(max_instructions=1_000_000))
        chunks = result.cycles - result.instructions  # each chunk of a block copy costs one, too
        assert chunks == 0 or path.stem == "bcopy_across_cow"
