"""What the events of a run say about it, and that its output reaches Python whole."""

import pytest

from emulator.base.names import Event
from isa import assemble
from tests.running import ANONYMOUS, PRIVATE, READ_WRITE, call, fork, leave, mmap, run, source, spawn, the, wait

pytestmark = pytest.mark.both_engines

STORE = "la t0, d\nsd t0, 0(t0)\n"
PAGE_OF_DATA = "d: .dword 0"


def test_resolutions_that_flush_say_how_many_pages():
    result = run(fork(STORE, STORE), PAGE_OF_DATA)
    assert [the(result, kind)["pages"] for kind in (Event.COPY, Event.REUSE)] == [1, 1]


def test_zeros_over_the_page_of_zeros_flush_it_and_over_nothing_flush_nothing():
    text = mmap(8192, READ_WRITE, PRIVATE | ANONYMOUS) + "li t1, 4096\nadd t1, a0, t1\nld t0, 0(a0)\nsd t0, 0(a0)\n"
    result = run(text + "sd t0, 0(t1)\n")
    fills = result.events[result.events["kind"] == Event.ZERO_FILL]
    assert fills["pages"].tolist() == [1, 0]
    assert the(result, Event.ZERO_MAP)["pages"] == 0


def test_a_policy_that_flushes_more_than_pages_counts_none():
    result = run(fork(STORE, STORE), PAGE_OF_DATA, flush="asid")
    assert the(result, Event.COPY)["pages"] == 0
    assert result.counters["flush.page"] == 0


def test_an_instruction_that_faults_again_found_no_translation_yet():
    crossing = "la t0, d\nli t1, 4092\nadd t0, t0, t1\nsd t1, 0(t0)\n"
    result = run(fork(crossing), "d: .space 8192")
    first, second = result.events[result.events["kind"] == Event.COPY]
    assert first["pc"] == second["pc"]
    assert (first["restart_found"], first["restart_reads"]) == (0, 0)
    assert second["restart_found"] != 0


def test_a_signal_from_another_process_names_the_victims_place_and_no_address():
    program = assemble(
        source(
            spawn(f"{STORE} here: j here")
            + "mv s1, a0\n"
            + call("sched_yield")
            + STORE
            + call("kill", "s1", 9)
            + wait(),
            PAGE_OF_DATA,
        )
    )
    event = the(run(program, overrides={"quantum": "1000"}), Event.SIGNAL)
    assert (event["pid"], event["pages"]) == (2, 9)
    assert event["pc"] == program.symbols["here"]
    assert event["va"] == 0


def test_a_signal_for_an_access_names_its_address():
    event = the(run("li t0, 0x5000\nsd t0, 16(t0)\n"), Event.SIGNAL)
    assert event["va"] == 0x5010


def test_a_signal_for_an_instruction_names_no_address_of_an_earlier_fault():
    event = the(run(fork(STORE, f"{STORE} ebreak\n"), PAGE_OF_DATA), Event.SIGNAL)
    assert event["va"] == 0


def test_output_that_is_no_text_can_be_had_back():
    result = run(call("write", 1, "=d", 4) + leave(0), 'd: .ascii "a\\377\\200z"')
    assert result.stdout.encode("utf-8", "surrogateescape") == b"a\xff\x80z"
