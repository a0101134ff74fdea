"""Traps and fences."""

import numpy as np
import pytest

from emulator.base.names import Trap
from emulator.config import Config
from emulator.hardware.build import build
from emulator.hardware.meaning import system
from emulator.hardware.meaning.kinds import Kind
from emulator.paging import fences
from tests.hardware.meaning.bodies import meaning


def test_ecall_and_ebreak_trap():
    assert (system.ecall(), system.ebreak()) == (Trap.SYSCALL, Trap.BREAKPOINT)
    assert meaning("ecall").kind is meaning("ebreak").kind is Kind.TRAP


def test_a_fence_of_accesses_does_nothing_on_one_hart():
    assert meaning("fence").kind is Kind.NOTHING


def test_fence_i_forgets_what_was_decoded():
    world = build(Config.make(), np.zeros(1, np.int64))
    world.chip.decoded[3], world.chip.decodings[6] = 7, 1
    system.fence_i(world)
    assert not np.any(world.chip.decoded)
    assert not np.any(world.chip.decodings)


@pytest.mark.parametrize(
    ("rs1", "rs2", "reach"),
    [
        (0, 0, fences.ANY_ASID | fences.GLOBALS | fences.POINTERS),
        (0, 11, fences.POINTERS),
        (10, 0, fences.ONE_PAGE | fences.ANY_ASID | fences.GLOBALS),
        (10, 11, fences.ONE_PAGE),
    ],
)
def test_sfence_vma_takes_x0_for_all_addresses_and_all_spaces(monkeypatch, rs1, rs2, reach):  # F21
    asked = []
    monkeypatch.setattr(system, "fence", lambda world, hart, *what: asked.append(what))
    system.sfence_vma(None, None, 0x5000, 3, rs1, rs2)
    assert asked == [(0x5000, 3, reach)]
    assert meaning("sfence.vma").kind is Kind.SUPERVISOR_FENCE
