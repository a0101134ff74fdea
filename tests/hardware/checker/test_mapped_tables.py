"""A program that has its own page table mapped writes a PTE, and goes on using what the PTE granted before."""

import pytest

from emulator import Machine
from emulator.base.bits import A, D, R, U, V, W, frame_of
from emulator.base.kernel_names import Mistake
from emulator.base.names import Access
from emulator.kernel.doors import entries
from isa import assemble

WINDOW = 0x2000000000  # where the table is mapped
W_BIT = 1 << 2
TOUCH = 4  # instructions until the page has been walked to
# The PTE of `shared` is read, loses W, and the page is stored to. The table's other words were stored to before that.
PROGRAM = f"""
.globl _start
_start: la s0, shared
    sd zero, 0(s0)
    nop
    li s1, {WINDOW}
    srli t0, s0, 12
    andi t0, t0, 511
    slli t0, t0, 3
    add s1, s1, t0
    sd zero, 8(s1)
    ld t1, 0(s1)
    andi t1, t1, {~W_BIT}
change: {{change}}
use: sd s0, 0(s0)
    li a0, 0
    li a7, 93
    ecall
.bss
.balign 4096
shared: .space 4096
"""
CHANGES = {
    "a store": "sd t1, 0(s1)",
    "a store of a byte": "sb t1, 0(s1)",
    "an atomic": "amoswap.d x0, t1, (s1)",
    "a store that steps": "sd.pi t1, 8(s1)",
}


@pytest.mark.both_engines
@pytest.mark.unbalanced  # the program makes PTEs of its own, and the kernel counts no reference of those
@pytest.mark.parametrize("on", [True, "every"])
@pytest.mark.parametrize("change", CHANGES)
def test_a_program_that_writes_its_own_pte_is_seen(change, on):
    """F45: none of it is the kernel's doing."""
    program = assemble(PROGRAM.format(change=CHANGES[change]))
    machine = Machine(memory="2MiB", check_stale=on)
    process = machine.spawn(program)
    machine.run(TOUCH)
    root = int(machine.world.space[0]["root"])
    table = root
    for level in (2, 1):
        va = program.symbols["shared"]
        pte = int(machine.world.memory[(table + (va >> 12 + 9 * level & 511) * 8) // 8])
        table = pte >> 10 << 12
    assert entries.map_page(machine.world, 0, 0, WINDOW, frame_of(table), V | R | W | U | A | D)
    result = machine.run(10_000)
    (row,) = result.stale
    assert (row["kind"], row["access"], row["uses"]) == (Mistake.NO_FLUSH, Access.STORE, 1)
    assert (row["pc"], row["writer_pc"]) == (program.symbols["use"], program.symbols["change"])
    assert (row["pid"], row["cause"]) == (process.pid, -1)
