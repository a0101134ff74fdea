"""Random programs here and under QEMU: the same ELF file, the same registers and memory after it."""

import random
import shutil
import subprocess

import pytest

from isa import Program
from tests.running import NUMBERS, run

TOOLS = ("riscv64-unknown-elf-as", "riscv64-unknown-elf-ld", "qemu-riscv64")
MISSING = [tool for tool in TOOLS if shutil.which(tool) is None]
pytestmark = [
    pytest.mark.oracle,
    pytest.mark.skipif(bool(MISSING), reason=f"not installed: {', '.join(MISSING)} (make oracles)"),
]

REGISTERS = [f"x{number}" for number in range(5, 32) if number not in (8, 9)]  # x8: the buffer; x9: an address in it
THREE = [
    "add",
    "sub",
    "sll",
    "slt",
    "sltu",
    "xor",
    "srl",
    "sra",
    "or",
    "and",
    "addw",
    "subw",
    "sllw",
    "srlw",
    "sraw",
    "mul",
    "mulh",
    "mulhsu",
    "mulhu",
]
THREE += ["div", "divu", "rem", "remu", "mulw", "divw", "divuw", "remw", "remuw"]
WITH_IMMEDIATE = ["addi", "slti", "sltiu", "xori", "ori", "andi", "addiw"]
SHIFTS = {"slli": 63, "srli": 63, "srai": 63, "slliw": 31, "srliw": 31, "sraiw": 31}
LOADS = ["lb", "lh", "lw", "ld", "lbu", "lhu", "lwu"]
STORES = ["sb", "sh", "sw", "sd"]
AMOS = [
    f"amo{name}.{size}" for name in ["swap", "add", "xor", "and", "or", "min", "max", "minu", "maxu"] for size in "wd"
]
BRANCHES = ["beq", "bne", "blt", "bge", "bltu", "bgeu"]
BUFFER = 512


def instruction(rng, place):
    """One random instruction, or a short group of them; `place` makes labels of it."""
    a, b, c = (rng.choice(REGISTERS) for _ in range(3))
    kind = rng.randrange(10)
    if kind < 4:
        return f"{rng.choice(THREE)} {a}, {b}, {rng.choice([c, 'x0', b])}"
    if kind < 5:
        return f"{rng.choice(WITH_IMMEDIATE)} {a}, {b}, {rng.randint(-2048, 2047)}"
    if kind < 6:
        name = rng.choice(sorted(SHIFTS))
        return f"{name} {a}, {b}, {rng.randint(0, SHIFTS[name])}"
    if kind < 7:
        return f"{rng.choice(LOADS)} {a}, {rng.randint(0, BUFFER - 8)}(x8)"
    if kind < 8:
        return f"{rng.choice(STORES)} {a}, {rng.randint(0, BUFFER - 8)}(x8)"
    if kind < 9:
        name = rng.choice([*AMOS, "lr.w", "lr.d"])
        operands = f"{a}, (x9)" if name.startswith("lr") else f"{a}, {b}, (x9)"
        return f"addi x9, x8, {rng.randrange(0, BUFFER, 8)}\n{name} {operands}"
    skipped = f"addi {c}, {c}, {rng.randint(-99, 99)}\nlui {a}, {rng.randint(0, 0xFFFFF)}"
    return f"{rng.choice(BRANCHES)} {a}, {b}, T{place}\n{skipped}\nT{place}:"


def random_program(seed, length=400):
    """The source: random registers and buffer, `length` random instructions, and all of it written out."""
    rng = random.Random(seed)
    corners = [0, 1, -1, 1 << 63, (1 << 63) - 1, 1 << 31, 0xFFFFFFFF]
    values = [rng.choice(corners) if rng.random() < 0.4 else rng.getrandbits(64) for _ in REGISTERS]
    loads = "".join(f"li {register}, {value}\n" for register, value in zip(REGISTERS, values, strict=True))
    body = "\n".join(instruction(rng, place) for place in range(length))
    saves = "".join(f"sd {register}, {BUFFER + 8 * place}(x8)\n" for place, register in enumerate(REGISTERS))
    size = BUFFER + 8 * len(REGISTERS)
    data = "".join(f".dword {rng.getrandbits(64)}\n" for _ in range(BUFFER // 8))
    return f""".globl _start
_start:
lla x8, buffer
addi x9, x8, 0
{loads}{body}
{saves}li a0, 1
mv a1, x8
li a2, {size}
li a7, {NUMBERS["write"]}
ecall
li a0, 0
li a7, {NUMBERS["exit"]}
ecall
.data
.balign 4096
buffer:
{data}.space {8 * len(REGISTERS)}
"""


@pytest.mark.parametrize("seed", range(6))
def test_a_random_program_leaves_the_registers_and_memory_that_it_leaves_under_qemu(seed, tmp_path):
    assembler, linker, qemu = TOOLS
    target, linked = tmp_path / "random.o", tmp_path / "random.elf"
    command = [assembler, "-march=rv64ima", "-mno-relax", "-mno-arch-attr", "-o", target, "-"]
    subprocess.run(command, input=random_program(seed), text=True, check=True)
    subprocess.run([linker, "--no-relax", "-o", linked, target], check=True)
    there = subprocess.run([qemu, linked], capture_output=True, timeout=30, check=True)
    assert run(Program.load(linked)).out == there.stdout
