"""What a notebook shows of results, stories, states and rows: what they say, and nothing that a program can break."""

import pytest

from emulator import Machine, Story
from emulator.base import html
from emulator.base.shipped import PROGRAMS
from emulator.lab.rows import Rows
from isa import Program, assemble
from tests.docs.test_notebooks import HARMLESS, Tags
from tests.running import call, leave, source

TEXT = "<script>alert(1)</script>&\"'"


@pytest.fixture(scope="module")
def machine():
    made = Machine(memory="16MiB", harts=2)
    made.spawn(Program.load(PROGRAMS / "child_writes_first.s"))
    return made


@pytest.fixture(scope="module")
def result(machine):
    return machine.run()


def test_a_result_shows_each_cost_and_counter_that_is_not_0(result):
    text = result._repr_html_()
    for name, value in (*result.costs.items(), *result.counters.items()):
        assert (f">{name}</td>" in text) == bool(value)
        assert not value or f">{value:,}</td>" in text


def test_a_story_shows_a_paragraph_for_each_fault(result):
    text = Story(result)._repr_html_()
    assert [text.count(f"fault {number} ") for number in (1, 2, 3)] == [1, 1, 0]
    assert "0x7 has 2 owners (pid 1, pid 2): copy" in text


def test_a_story_that_is_cut_says_what_is_left(result):
    assert "more events not told" in Story(result, limit=2)._repr_html_()
    assert "not told" not in Story(result)._repr_html_()


def test_a_state_shows_each_hart_and_what_frames_hold(machine, result):
    state = machine.state()
    text = state._repr_html_()
    for hart in state.harts:
        assert f">{hart.cycle:,}</td>" in text
    assert f">{state.frames_free:,}</td>" in text


def test_rows_have_a_column_for_each_value():
    text = Rows([{"strategy": "asid", "flush_cycles": 1234}])._repr_html_()
    assert all(word in text for word in (">strategy</th>", ">flush cycles</th>", ">asid</td>", ">1,234</td>"))
    assert "no rows" in Rows([])._repr_html_()


def test_what_a_program_writes_and_is_called_cannot_be_taken_for_html():
    written = call("write", 1, "=shown_text", len(TEXT)) + leave(0)
    quoted = TEXT.replace('"', '\\"')
    machine = Machine(memory="16MiB")
    machine.spawn(assemble(source(f"nop # {TEXT}\n{written}", f'shown_text: .ascii "{quoted}"'), f"{TEXT}.s"))
    state = machine.state()
    result = machine.run()
    assert result.stdout == TEXT
    for shown in (result, Story(result), state, Rows([{TEXT: TEXT}])):
        text = shown._repr_html_()
        assert Tags(text).seen <= HARMLESS
        assert "alert" not in text or "&lt;script&gt;alert(1)&lt;/script&gt;&amp;&quot;&#x27;" in text


def test_pieces_of_html_escape_what_they_are_given():
    for text in (html.paragraph(TEXT), html.title(TEXT), html.verbatim(TEXT), html.table([TEXT], [[TEXT]])):
        assert TEXT not in text
        assert Tags(text).seen <= HARMLESS
