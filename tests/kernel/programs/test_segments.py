"""Programs whose segments are out of the ordinary (F91)."""

from dataclasses import replace

import pytest

from isa import Segment, assemble
from tests.running import PROT_READ, call, run, show, source, words

pytestmark = pytest.mark.both_engines

PLACE = 0x500000


def with_segment(text, **rights):
    """A program with one page more, which begins with 42."""
    program = assemble(source(text))
    extra = Segment(PLACE, (42).to_bytes(8, "little"), 8, **rights)
    return replace(program, segments=(*program.segments, extra))


def test_a_segment_that_grants_nothing_is_there_for_who_asks_for_rights():
    nothing = {"readable": False, "writable": False, "executable": False}
    read = f"li t0, {PLACE}\nld s1, 0(t0)\n" + show("s1")
    assert run(with_segment(read, **nothing)).exit_status == 128 + 11
    assert words(run(with_segment(call("mprotect", PLACE, 4096, PROT_READ) + read, **nothing))) == [42]


def test_a_segment_that_can_only_be_executed_cannot_be_read():
    only = {"readable": False, "executable": True}
    assert run(with_segment(f"li t0, {PLACE}\nld s1, 0(t0)\n", **only)).exit_status == 128 + 11
