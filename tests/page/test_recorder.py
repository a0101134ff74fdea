"""What a page is made of: a run that is the same run, and changes that add up to what there is to see."""

import json
import re
from pathlib import Path

import pytest

from emulator import Machine
from emulator.page import Recorder, page
from emulator.page.view import changes, view_of
from isa import Program, assemble
from tests.running import call, leave, source

PROGRAMS = Path(__file__).parents[2] / "programs"
RUN = re.compile(r'<script type="application/json" id="run">(.*?)</script>', re.DOTALL)


def machine_of(program, **choices):
    machine = Machine(memory="16MiB", intervals=True, **choices)
    machine.spawn(Program.load(PROGRAMS / f"{program}.s") if isinstance(program, str) else program)
    return machine


def recorded(program, most=10_000, limit=None, **choices):
    """A recorder, the result of the run, and the run as its page has it."""
    recorder = Recorder(most)
    result = recorder.run(machine_of(program, **choices), limit)
    return recorder, result, json.loads(RUN.search(page(result, recorder, "name"))[1])


def summed(steps):
    """The values after the last of `steps`."""
    values = {}
    for step in steps:
        values |= step["d"]
    return {key: value for key, value in values.items() if value is not None}


@pytest.mark.parametrize("name", ["child_writes_first", "cow_with_threads", "fork_exec", "vfork", "nested_fault"])
def test_a_run_that_is_recorded_is_the_same_run(name):
    result = recorded(name, harts=2)[1]
    straight = machine_of(name, harts=2).run()
    assert result.events.tobytes() == straight.events.tobytes()
    assert (result.counters, result.costs, result.ended) == (straight.counters, straight.costs, straight.ended)


@pytest.mark.parametrize(
    "name", ["child_writes_first", "cow_with_threads", "fork_exec", "shared_anonymous", "signal_cow"]
)
def test_the_changes_of_all_steps_add_up_to_what_there_is_at_the_end(name):
    machine, recorder = machine_of(name, harts=2), Recorder()
    result = recorder.run(machine)
    run = json.loads(RUN.search(page(result, recorder, "name"))[1])
    assert summed(run["steps"]) == json.loads(json.dumps(changes({}, view_of(machine.state()))))


def test_each_step_is_an_event_or_a_call_and_what_came_of_it():
    _, result, run = recorded("child_writes_first")
    numbers = [step["n"] for step in run["steps"]]
    assert numbers == sorted(set(numbers))
    assert {step["n"] for step in run["steps"] if "fault" in step} == {
        place + 1 for place, event in enumerate(result.events) if event["fault"]
    }


def test_the_step_of_a_copy_changes_both_frames_and_the_entry():  # F3
    program = Program.load(PROGRAMS / "child_writes_first.s")
    (copy,) = [step for step in recorded("child_writes_first")[2]["steps"] if step["kind"] == "copy"]
    old, new = copy["frames"]
    assert copy["d"][f"f{old}"][:2] == ["data", 1]
    assert copy["d"][f"f{new}"][:2] == ["data", 1]
    assert copy["d"][f"e1:0:{program.symbols['page']:x}"] == [new, "rw-uad", 0]


def test_a_step_knows_its_line():
    run = recorded("child_writes_first")[2]
    (copy,) = [step for step in run["steps"] if step["kind"] == "copy"]
    number, line = copy["at"]
    assert dict(run["sources"][number]["lines"])[line].split("#")[0].split() == ["sd", "t0,", "0(s0)"]


def test_costs_of_a_step_are_those_of_its_events():
    _, result, run = recorded("child_writes_first")
    (copy,) = [step for step in run["steps"] if step["kind"] == "copy"]
    event = result.events[copy["n"] - 1]
    assert dict(copy["cost"]) == {place: spent for place, spent in enumerate(event["cost"].tolist()) if spent}
    assert copy["span"] == [event["cycle"], event["cycle"] + event["cost"].sum()]


def test_events_beyond_those_that_are_shown_are_counted():
    _, result, run = recorded("child_writes_first", most=5)
    assert run["steps"][-1]["n"] <= 6
    assert run["left_out"] == len(result.events) - 5
    assert result.ended == "exit"


def test_what_is_shown_is_bounded_by_what_it_changes_too():
    recorder = Recorder(values=100)
    result = recorder.run(machine_of("child_writes_first"))
    assert 0 < recorder.shown < len(result.events)
    assert sum(len(change.values) for change in recorder.changes[:-1]) <= 100


def test_a_limit_ends_a_run_that_is_recorded():
    _, result, _ = recorded("child_writes_first", limit=10)
    assert (result.ended, result.instructions) == ("limit", 10)


def test_a_page_says_of_which_machine_it_is():
    recorder = Recorder()
    text = page(recorder.run(machine_of("hello", harts=2, tlb="adversarial")), recorder, "hello.s")
    words = "profile skylake, harts 2, fork cow, flush ceiling:33, paging sv39, memory 16MiB, tlb adversarial"
    assert f'<p id="machine" title="{words}: ' in text


def test_a_page_asks_for_nothing_from_anywhere():
    recorder = Recorder()
    text = page(recorder.run(machine_of("hello")), recorder, "hello.s")
    assert not re.search(r"""\b(src|href)\s*=|@import|url\((?!#)|https?://(?!www\.w3\.org/2000/svg)""", text)


def test_a_program_cannot_end_the_script_that_holds_it():
    text = source("nop # </script><b>\n" + call("write", 1, "=shown", 8) + leave(0))
    program = assemble(text, "<x>&.s")
    recorder = Recorder()
    whole = page(recorder.run(machine_of(program)), recorder, "<x>&.s")
    assert whole.count("</script>") == 2
    assert "<title>&lt;x&gt;&amp;.s: pagewalk</title>" in whole


def test_a_program_without_source_is_shown_as_instructions(tmp_path):
    from isa.elf import write_elf

    place = tmp_path / "mine.elf"
    place.write_bytes(write_elf(assemble(source("sd zero, -8(sp)\n"))))
    _, _, run = recorded(Program.load(place))
    (listing,) = [found for found in run["sources"] if found["listing"]]
    assert any("sd zero, -8(sp)" in text for _, text in listing["lines"])
