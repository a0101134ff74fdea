"""Frames are wanted and none is free: pages are taken away, and no program sees anything of it. F54, F63, F68."""

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emulator.base.names import Event
from tests.model.processes import Kernel, Killed, Page, Process
from tests.model.test_random_programs import PAGES, PRIVATE_PAGES, SHARED_PAGES, SHOW, code_of, play, programs
from tests.running import ANONYMOUS, PAGE, PRIVATE, SHARED, call, fork, label, leave, mmap, run, show, words
from tests.threads import BSS, DATA, threads

FORMATS = ["sv39", "sv57", "x86-64", "arm64"]
LEAST = 256  # pages: the smallest machine has 1 MiB
LOCKED = PRIVATE | ANONYMOUS | 0x2000
SMALL = {"memory": "1MiB", "swap": "4MiB"}


def eat(pages):
    """Let so many pages be locked in memory."""
    return mmap(pages * PAGE, flags=LOCKED)


def sweep(pages, rounds):
    """Add to a word of each of many pages, over and over; s1 is how many have come to another sum than they should."""
    again, page, look, fine = (label() for _ in range(4))
    return f"""{mmap(pages * PAGE)}mv s8, a0
    li s9, {rounds}
{again}: mv t0, s8
    li t1, {pages}
    li t2, {PAGE}
{page}: ld t3, 0(t0)
    add t3, t3, t1
    sd t3, 0(t0)
    add t0, t0, t2
    addi t1, t1, -1
    bnez t1, {page}
    addi s9, s9, -1
    bnez s9, {again}
    mv t0, s8
    li t1, {pages}
    li t5, {rounds}
    li s1, 0
{look}: ld t3, 0(t0)
    mul t4, t1, t5
    beq t3, t4, {fine}
    addi s1, s1, 1
{fine}: add t0, t0, t2
    addi t1, t1, -1
    bnez t1, {look}
"""


@pytest.mark.parametrize("paging", FORMATS)
def test_a_program_that_uses_twice_the_memory_sees_what_it_wrote(paging):
    result = run(sweep(2 * LEAST, 2) + show("s1"), paging=paging, **SMALL)
    assert words(result) == [0]
    assert result.counters["swap.in"] >= LEAST
    assert result.counters["frames.peak"] <= LEAST


def test_without_a_device_it_is_killed():
    result = run(sweep(2 * LEAST, 2), memory="1MiB")
    assert result.exit_status == 128 + 9


def test_when_the_device_is_full_it_is_killed():
    """F63: nothing more can be taken away."""
    result = run(sweep(2 * LEAST, 2), memory="1MiB", swap="256KiB")
    assert result.exit_status == 128 + 9
    assert result.counters["swap.out"] > 0


def test_a_system_call_that_wants_a_frame_takes_pages_away():
    """Fork needs page tables while every frame holds a page that was written to."""
    text = sweep(LEAST, 1) + fork(show("s1")) + show("s1")
    result = run(text, **SMALL)
    assert words(result) == [0, 0]


@pytest.mark.parametrize("mode", ["cow", "eager", "cow-stack"])
def test_fork_works_with_twice_the_memory(mode):
    change = "li t0, 1\nsd t0, 8(s8)\nld s2, 8(s8)\n"
    result = run(
        sweep(2 * LEAST, 1) + fork(change + show("s2")) + "ld s2, 8(s8)\n" + show("s1", "s2"), fork=mode, **SMALL
    )
    assert words(result) == [1, 0, 0]


def test_locked_pages_are_never_taken_away():
    """Half of memory is locked: none of it is read from the device, whatever else is."""
    text = eat(LEAST // 2) + "mv s7, a0\n" + sweep(LEAST, 2) + f"li t1, {LEAST // 2}\nli t2, {PAGE}\n"
    text += "1: sd t1, 0(s7)\nadd s7, s7, t2\naddi t1, t1, -1\nbnez t1, 1b\n" + show("s1")
    result = run(text, **SMALL)
    assert words(result) == [0]
    locked = result.events["region_end"] - result.events["region_start"] == LEAST // 2 * PAGE
    assert result.counters["swap.in"] > 0
    assert not (locked & (result.events["kind"] == Event.SWAP_IN)).any()


def test_a_huge_page_is_split_before_it_goes():
    text = (
        mmap(6 << 20)
        + "li t0, 0x1fffff\nadd s7, a0, t0\nnot t0, t0\nand s7, s7, t0\n"
        + call("madvise", "s7", 2 << 20, 14)
    )
    text += "li t0, 9\nsd t0, 0(s7)\nli t1, 0x100000\nadd s6, s7, t1\nsd t0, 0(s6)\n"
    text += sweep(3 * LEAST, 1) + "ld s2, 0(s7)\nld s3, 0(s6)\n" + show("s1", "s2", "s3")
    result = run(text, memory="4MiB", swap="8MiB", huge="madvise")
    assert result.counters["huge.faults"] == 1
    assert result.counters["huge.splits"] == 1
    assert words(result) == [0, 9, 9]


@pytest.mark.parametrize("paging", FORMATS)
@settings(max_examples=12)
@given(program=programs())
def test_random_programs_see_the_same_with_few_frames(paging, program):
    """All but some thirty frames are locked."""
    assert differs(program, paging=paging) == ""


@settings(max_examples=20)
@given(program=programs(), seed=st.integers(1, 1000), fork=st.sampled_from(["cow", "cow-stack"]))
def test_so_do_they_on_several_harts_with_the_worst_tlbs(program, seed, fork):
    assert differs(program, harts=3, tlb="adversarial", schedule=f"seed:{seed}", fork=fork) == ""


def differs(program, **machine):
    """Return what a random program does otherwise than the model, "" for nothing."""
    text = eat(LEAST - 60) + mmap(len(PRIVATE_PAGES) * PAGE) + "mv s0, a0\n"
    text += mmap(len(SHARED_PAGES) * PAGE, flags=SHARED | ANONYMOUS) + "mv s1, a0\n"
    text += mmap(PAGE, flags=SHARED | ANONYMOUS) + "mv s2, a0\nsd zero, 0(s2)\n"
    result = run(text + code_of(program) + leave(0) + SHOW, **SMALL, **machine)
    kernel = Kernel()
    first = Process(kernel, {number: Page(shared=number in SHARED_PAGES) for number in PAGES})
    with suppress(Killed):
        play(kernel, first, program)
    return "" if words(result) == kernel.output else f"{words(result)}, not {kernel.output}"


def counting(pages):
    """Three threads count in a word of their own of many pages, while the first one touches as many of its own."""
    loop, wrong = label(), label()
    use = f"""ld s7, 8(s0)
    li t1, {pages}
    li t2, {PAGE}
    slli t3, s3, 3
    add t3, t3, s7
{loop}: ld t4, 0(t3)
    beq t4, s8, 1f
{wrong}: ebreak
1:  addi t4, t4, 1
    sd t4, 0(t3)
    add t3, t3, t2
    addi t1, t1, -1
    bnez t1, {loop}
    addi s8, s8, 1
    lw s7, 0(s2)
"""
    return threads(sweep(pages, 2) + "mv s11, s1\n", use, 3, warm="li s8, 0", after=show("s11"))


@pytest.mark.parametrize("flush", ["ceiling:33", "full", "ceiling:33+lazy", "ceiling:33+early-ack", "asid+latr"])
@pytest.mark.parametrize("seed", [1, 7])
def test_threads_lose_no_store_while_their_pages_are_taken_away(flush, seed):
    pages = 100
    begin = mmap(pages * PAGE) + "la t0, shared\nsd a0, 8(t0)\n"
    machine = {"harts": 4, "tlb": "adversarial", "schedule": f"seed:{seed}", "flush": flush}
    result = run(begin + eat(100) + counting(pages), DATA, BSS, max_instructions=5_000_000, **SMALL, **machine)
    assert words(result) == [0]
    assert result.counters["swap.in"] > 100
