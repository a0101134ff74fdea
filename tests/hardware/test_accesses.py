"""Loads, stores, atomics and the block copy: sizes, alignments, lines and pages."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.running import PAGE, call, faults, fork, leave, run, show, words

LOADS = {"lb": (1, True), "lh": (2, True), "lw": (4, True), "ld": (8, True)}
LOADS |= {"lbu": (1, False), "lhu": (2, False), "lwu": (4, False)}
STORES = {"sb": 1, "sh": 2, "sw": 4, "sd": 8}
PATTERN = bytes((i * 37 + 11) & 0xFF for i in range(256))


def bytes_of(data):
    return ".byte " + ", ".join(str(byte) for byte in data)


def around(edge):
    """Data whose byte 128 lies on `edge` of a page: 0 is a page boundary, 64 that of a line."""
    return f"before: .space {(edge - 128) % PAGE}\nd:\n{bytes_of(PATTERN)}\n"


@pytest.mark.both_engines
@pytest.mark.parametrize("edge", [0, 64], ids=["page", "line"])
def test_a_load_of_any_size_and_alignment_reads_its_bytes(edge):
    """From 8 bytes before a boundary to 7 after it."""
    offsets = range(120, 136)
    text, expected = "la s0, d\nla s1, out\n", []
    for name, (size, is_signed) in LOADS.items():
        for offset in offsets:
            text += f"{name} t0, {offset}(s0)\nsd t0, 0(s1)\naddi s1, s1, 8\n"
            expected.append(int.from_bytes(PATTERN[offset : offset + size], "little", signed=is_signed))
    size = 8 * len(expected)
    assert words(run(text + call("write", 1, "=out", size), around(edge), f"out: .space {size}")) == expected


@pytest.mark.both_engines
@pytest.mark.parametrize("edge", [0, 64], ids=["page", "line"])
def test_a_store_of_any_size_and_alignment_writes_its_bytes_and_no_other(edge):
    value = 0x8877665544332211
    model, text = bytearray(PATTERN), f"la s0, d\nli s2, {value}\n"
    for name, size in STORES.items():
        for offset in range(120, 136, 3):
            text += f"{name} s2, {offset}(s0)\n"
            model[offset : offset + size] = value.to_bytes(8, "little")[:size]
    assert run(text + call("write", 1, "=d", 256), around(edge)).out == bytes(model)


@pytest.mark.both_engines
def test_stores_into_one_word_touch_their_own_bytes_only():
    model, text = bytearray(b"\xff" * 16), "la s0, d\n"
    for place in range(16):
        text += f"li t0, {place}\nsb t0, {place}(s0)\n"
        model[place] = place
    assert run(text + call("write", 1, "=d", 16), "d: .dword -1, -1").out == bytes(model)


@pytest.mark.both_engines
def test_an_access_across_lines_looks_into_both():
    one = run("la s0, d\nld t0, 0(s0)\n", "d: .space 128").counters
    two = run("la s0, d\nld t0, 60(s0)\n", "d: .space 128").counters
    assert two["cache.l1d.hits"] + two["cache.l1d.misses"] == one["cache.l1d.hits"] + one["cache.l1d.misses"] + 1
    assert two["loads"] == one["loads"] == 1
    assert two["tlb.l1d.accesses"] == one["tlb.l1d.accesses"]


@pytest.mark.both_engines
def test_an_access_across_pages_looks_up_both_and_counts_once():
    one = run("la s0, d\nld t0, 0(s0)\n", "d: .space 8192").counters
    two = run("la s0, d\nli t1, 4092\nadd s0, s0, t1\nld t0, 0(s0)\n", "d: .space 8192").counters
    assert two["tlb.l1d.accesses"] == one["tlb.l1d.accesses"] + 1
    assert two["loads"] == one["loads"] == 1


# atomics


@pytest.mark.both_engines
@pytest.mark.parametrize("suffix", ["w", "d"])
def test_sc_succeeds_after_lr_of_the_same_address_and_only_once(suffix):
    text = f"la s0, d\nli t1, 5\nlr.{suffix} s1, (s0)\nsc.{suffix} s2, t1, (s0)\nsc.{suffix} s3, s0, (s0)\n"
    text += f"l{suffix} s4, 0(s0)\n"
    assert words(run(text + show("s1", "s2", "s3", "s4"), "d: .dword 9")) == [9, 0, 1, 5]


@pytest.mark.both_engines
def test_sc_without_lr_fails_and_stores_nothing():
    assert words(run("la s0, d\nsc.d s1, s0, (s0)\nld s2, 0(s0)\n" + show("s1", "s2"), "d: .dword 9")) == [1, 9]


@pytest.mark.both_engines
def test_sc_to_another_address_fails_and_gives_up_the_reservation():
    text = "la s0, d\naddi s5, s0, 8\nlr.d s1, (s0)\nsc.d s2, s0, (s5)\nsc.d s3, s0, (s0)\n"
    assert words(run(text + show("s2", "s3"), "d: .dword 9, 8")) == [1, 1]


@pytest.mark.both_engines
def test_a_failing_sc_returns_a_nonzero_code_and_still_counts_as_a_store():
    without = run("la s0, d\n", "d: .dword 9").counters["stores"]
    assert run("la s0, d\nsc.d s1, s0, (s0)\n", "d: .dword 9").counters["stores"] == without + 1


@pytest.mark.both_engines
def test_lr_and_sc_reach_their_store_although_it_had_to_be_copied():
    """The first SC faults on the shared page; the loop goes round once and succeeds on the copy."""
    loop = "1: lr.d t0, (s0)\naddi t0, t0, 1\nsc.d t1, t0, (s0)\nbnez t1, 1b\n"
    child, parent = loop + "ld s1, 0(s0)\n" + leave("s1"), "lw s2, st\nld s3, 0(s0)\n" + show("s2", "s3")
    result = run("la s0, d\n" + fork(child, parent, status="=st"), "d: .dword 4\n.balign 4096\nst: .dword 0")
    assert words(result) == [5 << 8, 4]


@pytest.mark.both_engines
def test_lr_of_a_word_extends_its_sign():
    assert words(run("la s0, d\nlr.w s1, (s0)\n" + show("s1"), "d: .word -5, 0")) == [-5]


# bcopy


def block_copy(target, source, length, size=600):
    """What `size` bytes of pattern are after the copy and where the registers end, on the machine and by the rule.

    8 bytes at a time where both addresses are aligned and as many remain, else one.
    """
    data = bytes((i * 7 + 1) & 0xFF for i in range(size))
    text = f"la s0, d\naddi a0, s0, {target}\naddi a1, s0, {source}\nli a2, {length}\nbcopy a0, a1, a2\n"
    text += "sub s1, a0, s0\nsub s2, a1, s0\nmv s3, a2\n" + show("s1", "s2", "s3") + call("write", 1, "=d", size)
    model, to, at, left = bytearray(data), target, source, length
    while left:
        chunk = 8 if to % 8 == at % 8 == 0 and left >= 8 else 1
        model[to : to + chunk] = model[at : at + chunk]
        to, at, left = to + chunk, at + chunk, left - chunk
    found = run(text, f"d: {bytes_of(data)}").out
    registers = [int.from_bytes(found[i : i + 8], "little", signed=True) for i in (0, 8, 16)]
    return (found[24:], registers), (bytes(model), [target + length, source + length, 0])


@pytest.mark.both_engines
@pytest.mark.parametrize("length", [0, 1, 7, 8, 9, 65])
@pytest.mark.parametrize(("target", "source"), [(0, 256), (256, 0), (1, 256), (256, 3), (5, 261)])
def test_bcopy_copies_its_bytes_and_leaves_its_registers_at_the_end(target, source, length):
    found, expected = block_copy(target, source, length)
    assert found == expected


@pytest.mark.both_engines
@pytest.mark.parametrize(("target", "source"), [(64, 72), (72, 64), (64, 65), (65, 64), (64, 64), (64, 80), (80, 64)])
def test_bcopy_of_overlapping_ranges_goes_upward_chunk_by_chunk(target, source):
    found, expected = block_copy(target, source, 100)
    assert found == expected


@settings(max_examples=25)
@given(st.integers(0, 299), st.integers(0, 299), st.integers(0, 300))
def test_bcopy_of_any_ranges_does_what_the_rule_says(target, source, length):
    found, expected = block_copy(target, source, length)
    assert found == expected


@pytest.mark.both_engines
def test_bcopy_counts_as_one_instruction_and_a_load_and_store_a_chunk():
    text = "la a0, d\naddi a1, a0, 512\nli a2, {}\nbcopy a0, a1, a2\n"
    none, some = (run(text.format(length), "d: .space 1024").counters for length in (0, 4 * 8 + 3))
    assert some["instructions"] == none["instructions"]
    assert (some["loads"] - none["loads"], some["stores"] - none["stores"]) == (7, 7)


# instructions as data


@pytest.mark.both_engines
def test_a_store_into_code_is_fetched_after_fence_i():
    text = "la s0, 1f\nla t0, 2f\nlw t0, 0(t0)\nli s1, 0\nli s2, 2\n"
    text += "3: call 1f\nsw t0, 0(s0)\nfence.i\naddi s2, s2, -1\nbnez s2, 3b\n"
    code = leave("s1") + "1: addi s1, s1, 1\nret\n2: addi s1, s1, 10\n"
    protect = "la t0, _start\nli t1, -4096\nand a0, t0, t1\nli a1, 4096\nli a2, 7\nli a7, 226\necall\n"
    result = run(protect + text + code)
    assert result.exit_status == 11
    assert faults(result) == ["COPY"]


@pytest.mark.both_engines
def test_a_frame_used_for_other_code_runs_the_new_code_with_no_fence_i():
    """The frame is given back and handed out again: whatever was decoded of it is gone."""
    one, two = "a: li s1, 1\nret\n", "b: li s1, 2\nret\n"
    copy = "la t0, {}\nld t1, 0(t0)\nsd t1, 0(a0)\n"
    text = ""
    for name in ("a", "b"):
        text += call("mmap", 0, PAGE, 3, 0x22, -1, 0) + "mv s0, a0\n" + copy.format(name)
        text += (
            call("mprotect", "s0", PAGE, 5) + "jalr s0\nslli s2, s2, 4\nadd s2, s2, s1\n" + call("munmap", "s0", PAGE)
        )
    assert run(text + leave("s2") + one + ".balign 8\n" + two).exit_status == 0x12
