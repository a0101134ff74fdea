"""What a machine takes from Python: programs, arguments, input and limits, checked once at its door (F82)."""

from pathlib import Path

import numpy as np
import pytest

from emulator import Machine
from emulator.base.errors import ConfigError
from isa import assemble
from tests.running import call, leave, run, source

LOOP = assemble(source("1: j 1b\n"))
SECOND_WORD = "ld a1, 16(sp)\nli a0, 1\nli a2, 3\nli a7, 64\necall\n"


@pytest.mark.parametrize(
    ("word", "found"),
    [("one", b"one"), (b"\xff\xfe1", b"\xff\xfe1"), ("\udcff\udcfe1", b"\xff\xfe1"), (Path("one"), b"one")],
)
def test_an_argument_is_text_or_bytes_or_a_path(word, found):
    assert run(SECOND_WORD + leave(0), argv=["mine", word]).out == found


@pytest.mark.parametrize(
    "words", ["one", b"one", 3, {"one": "two"}, {"one"}, [3], [None], ["a\0b"], ["\ud800"], [["a"]]]
)
@pytest.mark.parametrize("name", ["argv", "envp"])
def test_what_is_no_sequence_of_words_is_refused(name, words):
    machine = Machine(memory="8MiB", engine="plain")
    with pytest.raises(ConfigError, match=f"^{name}"):
        machine.spawn(LOOP, **{name: words})
    assert machine.run().ended == "exit"  # there is nothing to run


@pytest.mark.parametrize("words", [["x" * (32 * 4096)], ["x" * 100_000] * 30, ["x"] * 300_000])
def test_more_words_than_execve_takes_are_refused(words):
    with pytest.raises(ConfigError, match="are the most"):
        Machine(memory="8MiB", engine="plain").spawn(LOOP, words)


@pytest.mark.parametrize("program", ["mine.s", Path("mine.s"), None, b"\x7fELF"])
def test_what_is_no_program_is_refused(program):
    with pytest.raises(TypeError, match=r"^program: .* is no Program; Program\.load\(path\) makes one"):
        Machine(memory="8MiB", engine="plain").spawn(program)


@pytest.mark.parametrize("limit", [0, -1, True, 1.5, float("nan"), "5", 1 << 63])
def test_a_limit_is_a_whole_number_above_0(limit):
    machine = Machine(memory="8MiB", engine="plain")
    machine.spawn(LOOP)
    with pytest.raises(ConfigError, match=r"^max-instructions: "):
        machine.run(limit)


def test_a_limit_may_be_numpys():
    machine = Machine(memory="8MiB", engine="plain")
    machine.spawn(LOOP)
    assert machine.run(np.int32(5)).instructions == 5


@pytest.mark.parametrize("stdin", ["text", 5, None, ["a"]])
def test_standard_input_is_bytes(stdin):
    with pytest.raises(ConfigError, match=r"^stdin: "):
        Machine(memory="8MiB", engine="plain", stdin=stdin)


@pytest.mark.parametrize("root", [5, b"/tmp\0", object()])
def test_a_root_is_a_path(root):
    with pytest.raises((ConfigError, TypeError)):
        Machine(memory="8MiB", engine="plain", root=root)


def faults(count):
    """Store to so many fresh pages: an event each; the start and the end are two more."""
    touch = "".join("sd zero, 0(s0)\nadd s0, s0, s1\n" for _ in range(count))
    return call("mmap", 0, count * 4096, 3, 0x22, -1, 0) + f"mv s0, a0\nli s1, 4096\n{touch}{leave(0)}"


def test_the_first_events_are_kept_and_the_others_counted():
    machine = Machine(memory="8MiB", events=5)
    machine.spawn(assemble(source(faults(20))))
    result = machine.run()
    whole = run(faults(20))
    assert len(result.events) == 5
    assert len(result.events) + result.events_left_out == len(whole.events)
    assert (result.events["kind"] == whole.events["kind"][:5]).all()
    assert result.counters == whole.counters | {name: result.counters[name] for name in ("stale.uses",)}


def test_no_events_may_be_asked_for():
    machine = Machine(memory="8MiB", events=0)
    machine.spawn(assemble(source(faults(3))))
    result = machine.run()
    assert (len(result.events), result.events_left_out > 3) == (0, True)
    assert result.events.dtype.names == run(faults(3)).events.dtype.names


@pytest.mark.parametrize("events", [-1, 1.5, True, "5", None, 10**9])
def test_how_many_events_is_a_whole_number_within_bounds(events):
    with pytest.raises(ConfigError, match=r"^events: "):
        Machine(memory="8MiB", engine="plain", events=events)


def test_a_machine_has_no_attribute_that_it_does_not_know():
    machine = Machine(memory="8MiB", engine="plain")
    with pytest.raises(AttributeError, match="fork"):
        machine.fork = "eager"
