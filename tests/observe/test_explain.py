"""The story of a run: one fact of each paragraph a test, on events made by hand."""

import io
import re

import pytest
from rich.console import Console

from emulator.base.bits import R, V, W, X
from emulator.base.kernel_names import RegionKind
from emulator.base.names import Access, Cost, Event, Fault, Found
from emulator.observe.explain import explain
from emulator.observe.place import place_of
from emulator.observe.story import OUTCOMES, flags_of
from isa import assemble
from isa.program import Program
from isa.segment import Segment
from isa.source import SourceLine
from tests.observe.made import COPY, PROGRAM, READ_ONLY, WRITABLE, result


def told(*rows, limit=None, fold=True, **changes):
    """The story as plain text."""
    out = io.StringIO()
    console = Console(file=out, width=200)
    for part in explain(result(*rows, **changes), limit, fold):
        console.print(part, soft_wrap=True)
    return out.getvalue()


def row(label, *rows):
    """The text of one row of the first paragraph."""
    found = re.search(rf"^  {label} +(.*)$", told(*rows), re.MULTILINE)
    return found[1] if found else None


def test_the_title_names_access_process_place_instruction_and_address():
    assert told(COPY).splitlines()[0] == "fault 1   store   pid 2   story.s:2   sd t3, 8(t1)   va 0x3fb7a008"


def test_faults_are_counted_and_other_events_are_not():
    story = told({"kind": Event.FORK, "pid": 1, "value": 2}, COPY, COPY | {"pc": 0x10004})
    assert re.findall(r"^fault \d", story, re.MULTILINE) == ["fault 1", "fault 2"]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"found": Found.L1}, "L1 hit, frame 0x214, r--ua-"),
        ({"found": Found.L2}, "L1 miss, L2 hit, frame 0x214, r--ua-"),
        ({"found": Found.WALK}, "miss; a walk found frame 0x214, r--ua-"),
        ({"found": Found.WALK, "fault": Fault.NOT_PRESENT}, "miss; a walk found no valid PTE"),
        ({"found": Found.NOWHERE, "fault": Fault.NON_CANONICAL}, "not asked"),
    ],
)
def test_the_tlb_row_says_where_the_translation_was_found(changes, words):
    assert row("tlb", COPY | changes) == words


@pytest.mark.parametrize(
    ("fault", "access", "words"),
    [
        (Fault.WRITE_PROTECTED, Access.STORE, "a write to a read-only page: WRITE_PROTECTED (cause 15, F15)"),
        (Fault.NOT_PRESENT, Access.LOAD, "no valid translation: NOT_PRESENT (cause 13, F12)"),
        (Fault.NO_EXECUTE, Access.FETCH, "a fetch from a page that holds no code: NO_EXECUTE (cause 12, F15)"),
        (Fault.ACCESS, Access.STORE, "a physical address outside memory: ACCESS (cause 7, F11)"),
    ],
)
def test_the_check_row_names_fault_cause_and_rule(fault, access, words):
    assert row("check", COPY | {"fault": fault, "access": access}) == words


@pytest.mark.parametrize(("paging", "cited"), [("x86-64", "cause 14, F30, F32"), ("arm64", "cause 36, F25")])
def test_the_check_row_cites_the_rules_of_the_run_s_architecture(paging, cited):
    settings = {**result().settings, "paging": paging}
    assert f"a write to a read-only page: WRITE_PROTECTED ({cited})" in told(COPY, settings=settings)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "0x3fb7a000-0x3fb84000 rw- private anonymous: supposed to be writable"),
        ({"region_prot": R}, "0x3fb7a000-0x3fb84000 r-- private anonymous: not supposed to be writable"),
        ({"region_shared": 1}, "0x3fb7a000-0x3fb84000 rw- shared anonymous: supposed to be writable"),
        (
            {"region_prot": R | X, "region_kind": RegionKind.TEXT, "access": Access.FETCH},
            "0x3fb7a000-0x3fb84000 r-x private program text: supposed to be executable",
        ),
        ({"region_start": 0, "region_end": 0}, "no region: nothing is mapped here"),
    ],
)
def test_the_region_row_says_whether_the_region_grants_the_access(changes, words):
    assert row("region", COPY | changes) == words


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "0x214 has 2 owners (pid 1, pid 2): copy"),
        (
            {"kind": Event.REUSE, "owners": 1, "sharers": (2,) + (0,) * 7},
            "0x214 has 1 owner (pid 2): re-use",
        ),
        ({"owners": 5}, "0x214 has 5 owners (pid 1, pid 2, 3 more): copy"),
        ({"kind": Event.ZERO_MAP, "frame_before": 0}, "none yet: map the page of zeros"),
        ({"kind": Event.REFUSED}, None),
        ({"kind": Event.ZERO_FILL}, "0x214 is the page of zeros, nobody's own: a frame of zeros"),
    ],
)
def test_the_frame_row_names_its_owners_and_the_decision(changes, words):
    assert row("frame", COPY | changes) == words


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (
            {},
            "0x214 -> 0x231, 4096 bytes copied; PTE r--ua- -> rw-uad; 1 page invalidated",
        ),
        (
            {"kind": Event.REUSE, "pages": 2},
            "0x214 stays, nothing copied; PTE r--ua- -> rw-uad; 2 pages invalidated",
        ),
        (
            {"kind": Event.ZERO_FILL, "pte_before": 0},
            "0x231 taken and filled with zeros; PTE not present -> rw-uad; 1 page invalidated",
        ),
        ({"pages": 0}, "0x214 -> 0x231, 4096 bytes copied; PTE r--ua- -> rw-uad"),
        (
            {"kind": Event.SPURIOUS},
            "nothing: the PTE grants the access already; 1 page invalidated",
        ),
        ({"kind": Event.REFUSED}, "nothing changed: the process gets a signal"),
        ({"kind": Event.OUT_OF_MEMORY}, "nothing changed, for no frame is free: a signal"),
    ],
)
def test_the_done_row_says_what_the_kernel_did(changes, words):
    assert row("done", COPY | changes) == words


def test_the_cost_row_sums_and_names_the_phases():
    assert row("cost", COPY) == "1,610 cycles: trap 130, return 180, copy 1,300"


def test_the_cost_row_of_a_free_fault_has_no_phases():
    assert row("cost", COPY | {"cost": {}}) == "0 cycles"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "line 2 runs again: TLB miss, walk of 3 reads, stored"),
        ({"restart_reads": 1}, "line 2 runs again: TLB miss, walk of 1 read, stored"),
        ({"restart_found": Found.L1, "access": Access.LOAD}, "line 2 runs again: TLB L1 hit, loaded"),
        ({"restart_found": Found.NOWHERE}, "line 2 did not run again"),
        ({"usercopy": 1}, "the system call goes on"),
        ({"kind": Event.REFUSED}, None),
    ],
)
def test_the_restart_row_says_how_the_same_instruction_fared(changes, words):
    assert row("restart", COPY | changes) == words


def test_an_instruction_whose_turn_was_over_with_the_fault_runs_again_in_the_next():
    first = COPY | {"restart_found": Found.NOWHERE}
    words = "line 2 runs again when its hart is next: this turn was over"
    assert row("restart", first, COPY | {"kind": Event.SWITCH}) == words
    assert row("restart", first, COPY | {"kind": Event.SIGNAL}) == "line 2 did not run again"


def test_an_instruction_that_faults_on_its_second_page_says_so():
    again = COPY | {"va": 0x3FB7B000}
    first = COPY | {"restart_found": Found.NOWHERE}
    assert row("restart", first, again) == "line 2 runs again and faults again, at va 0x3fb7b000"


def test_an_access_by_the_kernel_names_the_system_call():
    assert "story.s:3   ecall" in told(COPY | {"usercopy": 1, "pc": 0x10008}).splitlines()[0]


def test_an_access_by_the_kernel_says_so():
    assert row("kernel", COPY | {"usercopy": 1}).startswith("the kernel made this access")
    assert row("kernel", COPY) is None


@pytest.mark.parametrize("kind", list(OUTCOMES))
def test_every_outcome_has_a_paragraph(kind):
    assert row("done", COPY | {"kind": kind})


@pytest.mark.parametrize(
    ("event", "words"),
    [
        ({"kind": Event.FORK, "pc": 0x10008, "pid": 1, "value": 2}, "fork   pid 1   story.s:3   pid 2 begins"),
        (
            {"kind": Event.FORK, "pc": 0x10008, "pid": 1, "value": 2, "pages": 3},
            "3 pages now read-only in both",
        ),
        ({"kind": Event.FORK, "cost": {Cost.KERNEL_COPY: 1}}, "begins, private pages copied"),
        ({"kind": Event.EXEC, "pid": 2}, "exec   pid 2   runs story.s from its entry"),
        ({"kind": Event.EXIT, "pc": 0x10008, "pid": 2, "value": 3}, "exit   pid 2   story.s:3   status 3"),
        (
            {"kind": Event.SIGNAL, "pc": 0x10000, "pid": 2, "pages": 11, "va": 0x40},
            "killed by SIGSEGV (11): an access that no region grants, at 0x40",
        ),
        (
            {"kind": Event.SIGNAL, "pc": 0x10000, "pid": 2, "pages": 4},
            "story.s:2   sd t3, 8(t1)   killed by SIGILL (4): an instruction the ISA lacks",
        ),
        ({"kind": Event.SIGNAL, "pid": 2, "pages": 63}, "killed by signal 63"),
    ],
)
def test_other_events_are_one_line(event, words):
    assert words in told(event).splitlines()[0]


def test_a_limit_says_what_it_left_out():
    story = told(COPY, COPY, COPY, limit=1, fold=False)
    assert story.count("  check ") == 1
    assert "2 more events not told: --limit 1" in story


def test_the_story_ends_with_processes_and_costs():
    story = told(COPY, COPY | {"kind": Event.REUSE})
    assert re.search(r"^ *1 +- +story\.s +0 +0 +0 +status 0 *$", story, re.MULTILINE)
    assert re.search(r"^ *2 +1 +story\.s +2 +1 +1 +killed by SIGSEGV \(11\) *$", story, re.MULTILINE)
    assert re.search(r"kernel\.copy +1,000 +50\.0 %", story)


def test_the_story_is_plain_where_there_is_no_terminal():
    assert "\x1b" not in told(COPY)


def test_flags_are_letters_or_dashes():
    assert (flags_of(READ_ONLY), flags_of(WRITABLE), flags_of(V | X)) == ("r--ua-", "rw-uad", "--x---")


def test_a_pte_without_v_is_not_present():
    assert flags_of(R | W) == "not present"


def test_an_instruction_without_a_source_is_placed_by_its_label():
    code = (0x00000073).to_bytes(4, "little") * 2
    program = Program((Segment(0x10000, code, 8, executable=True),), 0x10000, {"main": 0x10000})
    place = place_of(program, 0x10004)
    assert (place.where, place.text, place.subject) == ("main+0x4", "ecall", "the instruction at main+0x4")


def test_an_instruction_of_a_stripped_program_is_placed_by_its_address():
    program = Program((Segment(0x10000, (0x00000073).to_bytes(4, "little"), 4, executable=True),), 0x10000)
    place = place_of(program, 0x10000)
    assert (place.where, place.text) == ("0x10000", "ecall")


def test_an_instruction_of_a_compiled_source_is_placed_by_its_line_and_shown_beside_it():
    class Lines:
        def line_at(self, address):
            return SourceLine("/home/me/sum.c", 7, "    ask(now);") if address == 0x10000 else None

    code = (0x00000073).to_bytes(4, "little") * 2
    program = Program((Segment(0x10000, code, 8, executable=True),), 0x10000, {"main": 0x10000}, line_table=Lines())
    place = place_of(program, 0x10000)
    assert (place.where, place.text, place.line) == ("sum.c:7", "ask(now);   ecall", None)
    assert place_of(program, 0x10004).where == "main+0x4"


def test_an_included_instruction_is_placed_in_its_own_file(tmp_path):
    (tmp_path / "q.inc").write_text("\n\nagain: ecall # here\n")
    program = assemble('nop\n.include "q.inc"\n nop\n nop\n', str(tmp_path / "p.s"))
    place = place_of(program, 0x10004)
    assert (place.where, place.text, place.subject) == ("q.inc:3", "ecall", "the instruction at q.inc:3")


def test_an_address_outside_the_program_stands_for_itself():
    assert place_of(PROGRAM, 0x666000).where == "0x666000"
    assert place_of(None, -8).where == "0xfffffffffffffff8"


def test_costs_of_an_unnamed_phase_go_by_their_own_name():
    assert "walk 7" in row("cost", COPY | {"cost": {Cost.WALK: 7}})
