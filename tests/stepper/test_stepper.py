"""The stepper, driven by keys: it shows what the machine's state says, and looking changes nothing."""

import random

import pytest

from emulator.base.names import Event
from emulator.base.shipped import PROGRAMS
from emulator.stepper.help import KEYS
from emulator.stepper.walk import Walk
from tests.stepper.screens import KEPT, SCREENS, machine_of, pressed

MOVES = ["s", "b", "n", "p", "question_mark", "1", "2", "3", "4", "5", "6", "tab", "up", "down"]
ASKED = {
    "g": ["5", "30", "event 3", "event 99", "nonsense"],
    "f": ["7", "0x10", "", "x"],
    "m": ["12000", "ffffffffffffffff", "", "-1"],
    "/": ["ecall", "nowhere", ""],
}


def lines_of(text, word):
    return [line for line in text.splitlines() if word in line]


def typed(text):
    names = {" ": "space", "-": "minus"}
    return [*(names.get(letter, letter) for letter in text), "enter"]


def random_keys(seed):
    chosen = random.Random(seed)
    keys = []
    for _ in range(25):
        if chosen.random() < 0.25:
            key = chosen.choice(sorted(ASKED))
            keys += ["slash" if key == "/" else key, *typed(chosen.choice(ASKED[key]))]
        else:
            keys.append(chosen.choice(MOVES))
    return keys


@pytest.mark.parametrize("name", SCREENS)
def test_a_screen_is_as_it_is_kept(name):
    size, keys = SCREENS[name]
    assert pressed(*keys, size=size) == (KEPT / f"{name}.txt").read_text()


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("name", ["child_writes_first", "cow_with_threads", "nested_fault"])
def test_whoever_looks_around_and_goes_to_the_end_has_the_same_run(name, seed):
    machine, straight = machine_of(name, harts=2), machine_of(name, harts=2).run()
    size = random.Random(seed).choice([(80, 24), (160, 50)])
    pressed(*random_keys(seed), size=size, machine=machine)
    result = machine.run()
    assert (result.counters, result.costs, result.ended) == (straight.counters, straight.costs, "exit")
    assert result.events.tobytes() == straight.events.tobytes()


def test_n_and_p_go_from_fault_to_fault():
    walk = Walk(machine_of())
    events = machine_of().run().events
    faults = [place for place, event in enumerate(events) if event["fault"]]
    met = []
    while not walk.next_fault():
        met.append(walk.now.event - 1)
    assert met == faults
    assert walk.machine.result("stop").counters["fault.total"] == len(faults)
    assert walk.previous_fault() == ""
    assert walk.now.event - 1 == faults[-1]


def test_a_step_back_is_where_the_step_began():
    walk = Walk(machine_of())
    here = walk.now
    assert (walk.step(), walk.now.instruction) == ("", here.instruction + 1)
    assert (walk.back(), walk.now) == ("", here)


def test_events_are_gone_to_by_the_number_that_they_are_told_with():
    walk = Walk(machine_of())
    assert walk.go_to("event 6") == ""
    assert walk.now.event == 6
    assert walk.go_to("10") == ""
    assert walk.now.instruction == 10


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("soon", "'soon' is no place; 120 is one, an instruction, and event 6"),
        ("event", "'event' is no place; 120 is one, an instruction, and event 6"),
        ("999999", "instruction 999999: the run ends after instruction 43"),
    ],
)
def test_a_place_that_is_none_is_said_and_nothing_changes(words, said):
    walk = Walk(machine_of())
    here = walk.now
    assert walk.go_to(words) == said
    assert walk.now == here


def test_the_line_that_is_next_is_marked():
    source = (PROGRAMS / "child_writes_first.s").read_text().splitlines()
    (line,) = lines_of(pressed("n"), "│>")
    number, text = line.strip("│>▄ ").split(None, 1)
    assert source[int(number) - 2].split("#")[0].split() == ["sd", "t0,", "0(s0)"]  # the store before it has faulted
    assert text.split("#")[0].split() == source[int(number) - 1].split("#")[0].split()


def test_a_followed_frame_comes_first_and_free_ones_are_told():
    machine = machine_of()
    text = pressed("n", "f", *typed("10"), "6", machine=machine)
    event = machine.result("stop").events[-1]
    assert (event["kind"], event["frame_after"]) == (Event.COPY, 0x10)
    assert "0x10 data  pid 2 0x12000" in text.splitlines()[4]
    assert lines_of(pressed("f", *typed("fff"), "6"), "frame 0xfff is free")


def test_memory_is_shown_where_it_is_asked_for():
    machine = machine_of()
    text = pressed("n", "m", *typed("12000"), "3", machine=machine)
    (stretch,) = machine.state((2, 0x12000, 8)).memory
    assert lines_of(text, "12000")[0].split()[2:10] == [f"{byte:02x}" for byte in stretch.data]
    assert "not mapped" in pressed("m", *typed("7000000"), "3")


def test_what_is_no_number_is_said():
    assert lines_of(pressed("f", *typed("frame")), "'frame' is no number; hexadecimal digits are right, as in 0x214")


def test_search_finds_the_next_line_whatever_the_case():
    assert lines_of(pressed("slash", *typed("CHILD_SAYS")), "child_says")
    assert lines_of(pressed("slash", *typed("nowhere")), "no line has 'nowhere'")


def test_escape_takes_a_question_back():
    assert pressed("g", "5", "escape") == pressed()


def test_help_names_each_key():
    text = pressed("question_mark")
    assert all(lines_of(text, f" {key.written}  {key.words[:30]}") for key in KEYS)


def test_the_page_names_each_key():
    page = (PROGRAMS.parent / "docs" / "step.md").read_text()
    assert all(f"| `{key.written}` | {key.words} |" in page for key in KEYS)


def test_a_terminal_that_becomes_too_small_says_what_it_needs():
    assert lines_of(pressed(size=(60, 20)), "needs 80 columns and 24 lines")
