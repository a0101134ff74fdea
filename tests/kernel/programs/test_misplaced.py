"""A program lies below the stack and within user addresses, or is refused by name before anything is mapped (F79)."""

import pytest

from emulator import Machine
from emulator.base.errors import ProgramError
from isa import Program, assemble
from isa.segment import Segment
from tests.running import call, leave, run, show, source, words

pytestmark = pytest.mark.both_engines

STACK_FLOOR = (1 << 38) - 4096 - (8 << 20)
BSS = 0x7FFFFFFFFFFF
CODE = bytes.fromhex("13050000 9308d005 73000000")  # li a0, 0; li a7, 93; ecall


def refusal(program):
    """What the machine says of it; nothing is held by then."""
    machine = Machine(memory="8MiB")
    with pytest.raises(ProgramError) as error:
        machine.spawn(program)
    assert machine.run().counters["frames.leaked"] == 0
    return str(error.value)


def test_F79_a_bss_that_leaves_user_addresses_is_refused():
    text = refusal(assemble(source("nop", bss=f".space {BSS}"), name="big.s"))
    assert text.startswith("big.s: .bss at 0x")
    assert "leaves the addresses of programs, which end at 0x4000000000" in text


def test_F79_a_segment_that_covers_the_stack_is_refused():
    text = refusal(Program((Segment(0x10000, CODE, STACK_FLOOR - 0x10000 + 1, executable=True),), 0x10000, name="p"))
    assert f"covers the stack ({STACK_FLOOR:#x}-0x3ffffff000)" in text


def test_F79_a_segment_may_end_where_the_stack_begins():
    program = Program((Segment(0x10000, CODE, STACK_FLOOR - 0x10000, executable=True),), 0x10000, name="p")
    assert run(program).exit_status == 0


@pytest.mark.parametrize("address", [1 << 38, 1 << 40, (1 << 63) - 4096])
def test_F79_a_segment_beyond_user_addresses_is_refused(address):
    assert "leaves the addresses" in refusal(Program((Segment(address, CODE, len(CODE), executable=True),), address))


def test_F79_execve_of_such_a_program_is_enoexec_and_the_caller_goes_on(tmp_path):
    (tmp_path / "big.s").write_text(source("nop", bss=f".space {BSS}"))
    text = call("execve", "=path", 0, 0) + "mv s1, a0\n" + show("s1") + leave(3)
    result = run(text, 'path: .asciz "big.s"', root=tmp_path)
    assert words(result) == [-8]
    assert result.exit_status == 3
