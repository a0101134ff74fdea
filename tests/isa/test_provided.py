"""Names that a linker provides: they are there for who asks, and give way to the source's own."""

import pytest

from isa import AssemblyError, assemble

SOURCE = """
_start: nop
        .data
table:  .dword {0}
        .section .init_array, "aw", @init_array
first:  .dword _start
        .section .sdata, "aw"
small:  .word 1
        .section mine, "aw"
own:    .word 1, 2
        .bss
zeros:  .space 100
"""


def value_of(name):
    """The value of `name` in a source that asks for it, and the source's own symbols."""
    program = assemble(SOURCE.format(name))
    return int.from_bytes(program.read(program.symbols["table"], 8), "little"), program.symbols


@pytest.mark.parametrize(
    ("name", "label", "behind"),
    [
        ("etext", "_start", 4), ("__bss_start", "zeros", 0), ("__init_array_start", "first", 0),
        ("__init_array_end", "first", 8), ("__SDATA_BEGIN__", "small", 0), ("__start_mine", "own", 0),
        ("__stop_mine", "own", 8), ("_edata", "own", 8), ("_end", "zeros", 100), ("__global_pointer$", "table", 0x800),
    ],
)  # fmt: skip
def test_a_name_that_the_linker_knows_has_its_place(name, label, behind):
    value, symbols = value_of(name)
    assert symbols[label] + behind <= value < symbols[label] + behind + 8
    assert name not in symbols


def test_a_name_of_the_source_comes_first():
    assert assemble("_end = 5\nnop\n.data\n.word _end\n").segments[1].data == b"\5\0\0\0"


def test_addresses_of_provided_names_are_made_as_any_others():
    program = assemble("la gp, __global_pointer$\nla a0, _end\n.data\n.word 1\n")
    same = assemble("la gp, x+0x800\nla a0, y\n.data\nx: .word 1\n.balign 8\ny:\n")
    assert program.segments[0].data == same.segments[0].data


def test_other_names_are_undefined_as_ever():
    with pytest.raises(AssemblyError, match="undefined symbol '_ennd'"):
        assemble("la a0, _ennd\n")
