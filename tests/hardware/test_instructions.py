"""Every instruction of RV64IMA that computes, on corner operands, against Python's unbounded integers."""

import pytest

from tests.model.integers import (
    AMOS,
    BINARY,
    BRANCHES,
    CORNERS,
    FEW,
    IMMEDIATE,
    SHIFTS,
    UNSIGNED_AMOS,
    WORD_SHIFTS,
    signed,
    unsigned,
)
from tests.running import call, run, show, words


def table(pairs, body, results):
    """Run `body` with t0, t1 set to each pair; it leaves `results` numbers at s1. Return them, a list a pair."""
    size = len(pairs) * results * 8
    text = f"la s0, pairs\nla s1, results\nli s2, {len(pairs)}\n1: ld t0, 0(s0)\nld t1, 8(s0)\n{body}"
    text += f"addi s0, s0, 16\naddi s1, s1, {results * 8}\naddi s2, s2, -1\nbeqz s2, 2f\nj 1b\n2:\n" + call(
        "write", 1, "=results", size
    )
    data = "pairs:\n" + "".join(f".dword {a}, {b}\n" for a, b in pairs)
    found = words(run(text, data, f"results: .space {size}"))
    return [found[i : i + results] for i in range(0, len(found), results)]


def check_binary(values):
    pairs = [(a, b) for a in values for b in values]
    body = "".join(f"{name} t2, t0, t1\nsd t2, {8 * i}(s1)\n" for i, name in enumerate(BINARY))
    for (a, b), found in zip(pairs, table(pairs, body, len(BINARY)), strict=True):
        for name, value in zip(BINARY, found, strict=True):
            assert value == signed(int(BINARY[name](a, b))), (name, a, b)


@pytest.mark.both_engines
def test_each_operation_on_two_registers_computes_what_its_definition_says():
    check_binary(FEW)


def test_each_operation_on_two_registers_computes_what_its_definition_says_on_more_operands():
    check_binary(CORNERS)


@pytest.mark.both_engines
def test_each_operation_on_an_immediate_computes_what_its_definition_says():
    rows = [(name, imm, function) for name, function in IMMEDIATE.items() for imm in (-2048, -1, 0, 5, 2047)]
    rows += [(name, shamt, function) for name, function in SHIFTS.items() for shamt in (0, 1, 31, 32, 63)]
    rows += [(name, shamt, function) for name, function in WORD_SHIFTS.items() for shamt in (0, 1, 31)]
    body = "".join(f"{name} t2, t0, {imm}\nsd t2, {8 * i}(s1)\n" for i, (name, imm, _) in enumerate(rows))
    pairs = [(a, 0) for a in CORNERS[:6] + FEW]
    for (a, _), found in zip(pairs, table(pairs, body, len(rows)), strict=True):
        for (name, imm, function), value in zip(rows, found, strict=True):
            assert value == signed(int(function(a, imm))), (name, a, imm)


@pytest.mark.both_engines
def test_each_branch_is_taken_just_when_its_condition_holds():
    body = "".join(f"li t2, 1\n{name} t0, t1, 3f\nli t2, 0\n3: sd t2, {8 * i}(s1)\n" for i, name in enumerate(BRANCHES))
    pairs = [(a, b) for a in FEW for b in FEW]
    for (a, b), found in zip(pairs, table(pairs, body, len(BRANCHES)), strict=True):
        assert found == [int(condition(a, b)) for condition in BRANCHES.values()], (a, b)


@pytest.mark.both_engines
@pytest.mark.parametrize(("suffix", "width"), [("w", 32), ("d", 64)])
def test_each_amo_returns_the_old_value_and_leaves_the_new_one(suffix, width):
    names = [*AMOS, *UNSIGNED_AMOS]
    body = "la s3, cell\n"
    for i, name in enumerate(names):
        body += (
            f"sd t0, 0(s3)\n{name}.{suffix} t2, t1, (s3)\nsd t2, {16 * i}(s1)\nld t2, 0(s3)\nsd t2, {16 * i + 8}(s1)\n"
        )
    pairs = [(a, b) for a in FEW for b in FEW]
    size = len(pairs) * len(names) * 16
    text = f"la s0, pairs\nla s1, results\nli s2, {len(pairs)}\n1: ld t0, 0(s0)\nld t1, 8(s0)\n{body}"
    text += f"addi s0, s0, 16\naddi s1, s1, {16 * len(names)}\naddi s2, s2, -1\nbnez s2, 1b\n" + call(
        "write", 1, "=results", size
    )
    data = "cell: .dword 0\npairs:\n" + "".join(f".dword {a}, {b}\n" for a, b in pairs)
    found = words(run(text, data, f"results: .space {size}"))
    for a, b in pairs:
        for name in names:
            old, left = found[:2]
            del found[:2]
            high = unsigned(a) >> width << width if width == 32 else 0
            if name in AMOS:
                new = AMOS[name](signed(a, width), signed(b, width))
            else:
                new = UNSIGNED_AMOS[name](unsigned(a, width), unsigned(b, width))
            assert (old, left) == (signed(a, width), signed(high | unsigned(new, width))), (name, a, b)


@pytest.mark.both_engines
def test_lui_and_auipc_fill_the_upper_bits_and_extend_the_sign():
    text = "lui s0, 0x12345\nlui s1, 0x80000\nlui s2, 0xfffff\n"
    text += "1: auipc s3, 0\nauipc s4, 0x80000\nla t0, 1b\nsub s3, s3, t0\nsub s4, s4, t0\n"
    assert words(run(text + show("s0", "s1", "s2", "s3", "s4"))) == [0x12345000, -(1 << 31), -4096, 0, 4 - (1 << 31)]


@pytest.mark.both_engines
def test_jal_and_jalr_link_to_the_instruction_after_them():
    text = "1: jal s0, 2f\nnop\n2: la t0, 3f\n4: jalr s1, 1(t0)\nnop\n3: la t1, 1b\nla t2, 4b\n"
    text += "sub s0, s0, t1\nsub s1, s1, t2\n"
    assert words(run(text + show("s0", "s1"))) == [4, 4]  # and jalr cleared bit 0 of its target


@pytest.mark.both_engines
def test_jalr_may_link_into_the_register_that_it_jumps_by():
    assert words(run("la s0, 1f\nla s1, 2f\njalr s0, 0(s0)\n2: nop\n1: sub s0, s0, s1\n" + show("s0"))) == [0]


@pytest.mark.both_engines
@pytest.mark.parametrize(
    "instruction",
    [
        "addi x0, x0, 5",
        "lui x0, 5",
        "auipc x0, 5",
        "add x0, s1, s1",
        "mul x0, s1, s1",
        "div x0, s1, s1",
        "ld x0, 0(s0)",
        "lb x0, 0(s0)",
        "lr.d x0, (s0)",
        "amoadd.d x0, s1, (s0)",
        "amoswap.w x0, s1, (s0)",
        "sc.d x0, s1, (s0)",
        "ld.pi x0, 8(s0)",
        "jal x0, 1f\n1:",
        "rdcycle x0",
        "rdinstret x0",
        "bcopy s0, s2, x0",
    ],
)
def test_x0_stays_0(instruction):
    text = f"la s0, d\nmv s2, s0\nli s1, 77\n{instruction}\nmv s3, x0\nadd s4, x0, x0\n"
    assert words(run(text + show("s3", "s4"), "d: .dword 99, 99")) == [0, 0]


@pytest.mark.both_engines
def test_no_ill_comes_of_x0_as_the_base_of_a_post_increment():
    result = run("li s1, 5\nsd.pi s1, 8(x0)\n")
    assert result.exit_status == 139  # address 0
    text = "la s0, d\nld.pi s1, 8(s0)\nld.pi s2, -16(s0)\nla t0, d\nsub s0, s0, t0\n"
    assert words(run(text + show("s0", "s1", "s2"), "d: .dword 3, 4")) == [-8, 3, 4]


@pytest.mark.both_engines
def test_the_counters_never_run_backwards_and_count_what_retires():
    text = "rdinstret s0\nrdinstret s1\nnop\nnop\nrdinstret s2\nrdcycle s3\ndiv t0, t0, t0\nrdcycle s4\nrdtime s5\n"
    text += call("getpid") + "rdinstret s6\nrdcycle s7\n"
    before, after, later, cycle, divided, time, called, end = words(run(text + show(*(f"s{i}" for i in range(8)))))
    assert (after - before, later - after) == (1, 3)
    assert divided - cycle == 1 + 34 + 1  # base and what Skylake takes for a division, then the rdcycle itself
    assert time - divided == 1
    assert called - later == 1 + 3 + 1 + 1 + 1  # rdcycle, div, rdcycle, rdtime; li, ecall, rdinstret
    assert end > time
