"""Who works on a world: chosen, waited for, changed. What is said of it."""

import re
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from emulator.base.errors import ConfigError, EmulatorError
from emulator.native import cache, engine, image
from emulator.native.engine import AUTO, COMPILED, PLAIN, Engine
from tests.native import small

TOP = Path(__file__).parents[2]
NUMBERS = np.arange(8)


@pytest.mark.parametrize(
    ("asked", "disabled", "chosen", "engine_used"),
    [
        (None, None, None, AUTO),
        (None, None, "plain", PLAIN),
        (None, "1", "compiled", PLAIN),
        ("compiled", "1", "plain", COMPILED),
        (None, "0", "", AUTO),
    ],
)
def test_what_is_asked_for_comes_first_then_the_environment(cold, monkeypatch, asked, disabled, chosen, engine_used):
    for name, value in (("NUMBA_DISABLE_JIT", disabled), ("PAGEWALK_ENGINE", chosen)):
        if value is not None:
            monkeypatch.setenv(name, value)
    assert engine.choice(asked) == engine_used


@pytest.mark.parametrize(("asked", "place"), [("fast", "engine"), (None, "PAGEWALK_ENGINE")])
def test_an_engine_that_there_is_not_is_a_mistake(cold, monkeypatch, asked, place):
    monkeypatch.setenv("PAGEWALK_ENGINE", "plian")
    with pytest.raises(ConfigError, match=rf"^{place}: '\w+'; auto, plain, compiled is right"):
        engine.choice(asked)


def test_plain_compiles_nothing(cold, told):
    world = small.world()
    Engine(world, PLAIN, small.MODULES).look()
    assert world.image is None
    assert list(cold.iterdir()) == told == []


def test_compiled_waits(cold, told):
    world = small.world()
    Engine(world, COMPILED, small.MODULES)
    assert world.image is not None
    assert small.add_twice(world, NUMBERS, 3) == 12


def test_auto_answers_at_once_and_changes_over(cold, told):
    world = small.world()
    engine_used = Engine(world, AUTO, small.MODULES)
    assert world.image is None
    assert small.add_twice(world, NUMBERS, 3) == 12
    for _ in range(600):
        engine_used.look()
        if world.image is not None:
            break
        time.sleep(0.1)
    assert world.image is not None
    assert small.add_twice(world, NUMBERS, 3) == 12
    assert len(told) == 1
    assert re.fullmatch(r"plain Python answers while .* in the background, about \d+ s this once", told[0])


def test_auto_takes_what_is_there_and_says_nothing(cold, told):
    engine.wait(small.MODULES)
    world = small.world()
    Engine(world, AUTO, small.MODULES)
    assert world.image is not None
    assert told == []


def test_it_is_said_once(cold, told):
    for _ in range(3):
        Engine(small.world(), AUTO, small.MODULES)
    assert len(told) == 1
    engine.wait(small.MODULES)


def no_place(monkeypatch, tmp_path):
    """Let every place for compiled code be a file, not a folder: nobody can write there, root neither."""
    (tmp_path / "file").write_text("")
    monkeypatch.setattr(cache, "directories", lambda: iter([tmp_path / "file" / "pagewalk"]))


def test_auto_works_where_nothing_can_be_written(cold, told, monkeypatch):
    no_place(monkeypatch, cold)
    world = small.world()
    Engine(world, AUTO, small.MODULES)
    assert small.add_twice(world, NUMBERS, 3) == 12
    assert told == [
        f"plain Python answers: nothing can be compiled: {cold}/file/pagewalk: Not a directory; "
        "PAGEWALK_CACHE names a directory to use"
    ]


def test_compiled_says_where_nothing_can_be_written(cold, told, monkeypatch):
    no_place(monkeypatch, cold)
    with pytest.raises(EmulatorError, match=r"^nothing can be compiled: .*: Not a directory; PAGEWALK_CACHE names"):
        Engine(small.world(), COMPILED, small.MODULES)


def test_a_full_disk_is_found_before_a_minute_is_spent(cold, told, monkeypatch):
    monkeypatch.setattr(cache, "ROOM", 1 << 60)
    Engine(small.world(), AUTO, small.MODULES)
    assert len(told) == 1
    assert "plain Python answers: nothing can be compiled" in told[0]
    assert not any(path.is_file() for path in cold.rglob("*"))


def test_what_cannot_be_compiled_is_said_and_not_tried_for_ever(cold, told):
    modules = ("tests.native.wrong",)
    with pytest.raises(EmulatorError, match=r"^nothing was compiled: TypingError: ") as error:
        engine.wait(modules)
    assert "\n" not in error.value.message
    Engine(small.world(), AUTO, modules)
    assert re.fullmatch(r"plain Python answers: TypingError: .*; `pagewalk compile` tries again", told[0])


def test_programs_run_without_loading_the_compiler():
    engine.wait()
    code = "import sys; from emulator.cli import invoke; invoke(['run', 'programs/hello.s']); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=TOP, capture_output=True, text=True, check=True)
    greeting, modules = done.stdout.splitlines()
    assert greeting == "hello, page tables"
    assert "numba" not in modules.split()


def test_another_release_of_the_compiler_makes_the_same(cold, monkeypatch):
    """Its insides may be others: functions are finished as it does that."""
    code = (
        "import sys; from emulator.compiler import library; library.KNOWN = 'none';"
        "from emulator.compiler.build import build;"
        "from pathlib import Path; from emulator.native import image;"
        "image.write(Path(sys.argv[1]), build(sys.argv[2:], lambda _: None))"
    )
    path = cold / "other.image"
    subprocess.run([sys.executable, "-c", code, path, *small.MODULES], cwd=TOP, check=True)
    world = small.world()
    world.image = image.load(path)
    assert small.add_twice(world, NUMBERS, 3) == 12
