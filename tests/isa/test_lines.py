"""DWARF line tables, held against addr2line."""

import re
import subprocess

import pytest

from isa import Program
from tests.isa.gnu import PREFIX, needs_gcc

pytestmark = [pytest.mark.oracle, needs_gcc]

SOURCE = """\
int sum(int n)
{
    int total = 0;
    for (int i = 0; i < n; i++)
        total += i;
    return total;
}

void _start(void)
{
    volatile int there = sum(9);
    for (;;)
        there++;
}
"""
OPTIONS = ["-march=rv64ima", "-mabi=lp64", "-nostdlib", "-static", "-O1"]


@pytest.fixture(params=[2, 3, 4, 5])
def compiled(request, tmp_path):
    """A program with line tables of each version of DWARF, its source beside it."""
    (tmp_path / "sum.c").write_text(SOURCE)
    command = [f"{PREFIX}gcc", *OPTIONS, f"-gdwarf-{request.param}", "-o", "sum.elf", "sum.c"]
    subprocess.run(command, cwd=tmp_path, check=True)
    return tmp_path / "sum.elf"


def test_every_instruction_has_the_line_that_addr2line_gives_it(compiled):
    program = Program.load(compiled)
    text = next(one for one in program.segments if one.executable)
    addresses = range(program.symbols["sum"], text.address + len(text.data), 4)
    command = [f"{PREFIX}addr2line", "-e", compiled, *map(hex, addresses)]
    theirs = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split("\n")
    theirs = [re.sub(r" \(discriminator \d+\)$", "", line) for line in theirs[:-1] if not line.startswith("??")]
    ours = [program.line_at(address) for address in addresses]
    assert [f"{line.file}:{line.number}" for line in ours if line is not None] == theirs
    assert len(theirs) > 10


def test_the_line_itself_is_shown_where_its_file_can_be_read(compiled):
    program = Program.load(compiled)
    lines = {line.text for line in map(program.line_at, range(program.entry, program.entry + 32, 4)) if line}
    assert "    volatile int there = sum(9);" in lines


def test_a_source_that_is_gone_leaves_file_and_number(compiled):
    (compiled.parent / "sum.c").unlink()
    program = Program.load(compiled)
    line = program.line_at(program.symbols["sum"])
    assert (line.file.endswith("/sum.c"), line.number, line.text) == (True, 2, "")


def test_a_stripped_program_has_no_lines(compiled):
    subprocess.run([f"{PREFIX}strip", compiled], check=True)
    program = Program.load(compiled)
    assert program.line_at(program.entry) is None
    assert program.symbols == {}
