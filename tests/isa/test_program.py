"""Programs: their segments, and reading them from files."""

import subprocess
import sys

import pytest

from isa import AssemblyError, IsaError, Program, ProgramError, Segment, assemble, disassemble

NOP = b"\x13\0\0\0"


def text(address=0x10000, data=NOP, size=None):
    return Segment(address, data, len(data) if size is None else size, executable=True, name=".text")


def test_a_segment_off_a_page_boundary_is_refused():
    with pytest.raises(ProgramError, match=r"0x10004.*does not start on a 4096-byte page"):
        Program((text(0x10004),), 0x10004)


def test_segments_that_share_a_page_are_refused():
    with pytest.raises(ProgramError, match="overlaps a page"):
        Program((text(size=4097), Segment(0x11000, b"", 8, writable=True)), 0x10000)


def test_segments_on_neighbouring_pages_are_fine():
    program = Program((Segment(0x11000, b"", 8, writable=True), text(size=4096)), 0x10000)
    assert [segment.address for segment in program.segments] == [0x10000, 0x11000]


def test_more_data_than_memory_is_refused():
    with pytest.raises(ProgramError, match="8 bytes of data in 4 of memory"):
        Program((text(data=NOP * 2, size=4),), 0x10000)


def test_an_entry_outside_executable_memory_is_refused():
    with pytest.raises(ProgramError, match="entry 0x20000 is in no executable segment"):
        Program((text(),), 0x20000)


def test_memory_beyond_data_reads_as_zero():
    program = Program((text(size=8),), 0x10000)
    assert program.read(0x10002, 6) == bytes(6)


def test_reading_outside_a_segment_is_refused():
    with pytest.raises(ProgramError, match="no 8 bytes at 0x10000"):
        Program((text(),), 0x10000).read(0x10000, 8)


def test_the_symbol_at_an_address_is_the_nearest_below_it():
    program = assemble("a: nop\nb: nop\n nop\n.data\n.word 1\nc: .word 2\n")
    assert program.symbol_at(0x10004) == ("b", 0)
    assert program.symbol_at(0x10008) == ("b", 4)
    assert program.symbol_at(program.symbols["c"] + 3) == ("c", 3)


def test_a_label_of_another_segment_names_no_address_here():
    program = assemble("a: nop\n.data\n.word 1\n")
    assert program.symbol_at(0x11000) is None
    assert program.symbol_at(0x500) is None


def test_a_source_file_is_assembled(tmp_path):
    path = tmp_path / "p.s"
    path.write_text("nop\n")
    program = Program.load(path)
    assert (program.segments[0].data, program.path, program.name) == (NOP, str(path), str(path))


def test_an_empty_source_file_is_refused(tmp_path):
    path = tmp_path / "p.S"
    path.touch()
    with pytest.raises(AssemblyError, match="no instructions"):
        Program.load(path)


def test_a_source_that_is_not_utf8_is_refused_at_its_byte(tmp_path):
    path = tmp_path / "p.s"
    path.write_bytes(b"nop\n # caf\xe9\n")
    with pytest.raises(AssemblyError, match=r"p\.s:2:7: error: byte 0xe9 is not UTF-8"):
        Program.load(path)


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(IsaError, match="cannot be read: No such file"):
        Program.load(tmp_path / "none.s")


def test_a_directory_is_refused(tmp_path):
    with pytest.raises(IsaError, match="cannot be read: Is a directory"):
        Program.load(tmp_path)


def test_a_file_of_another_kind_is_refused(tmp_path):
    path = tmp_path / "p.txt"
    path.write_text("nop\n")
    with pytest.raises(ProgramError, match=r"neither an ELF executable nor a source named \.s or \.S"):
        Program.load(path)


def test_importing_the_package_loads_no_elf_reader():
    heavy = ("elftools", "numba", "numpy")
    code = f"import sys, isa, isa.instructions; print(any(name in sys.modules for name in {heavy}))"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "False"


@pytest.mark.parametrize("source", [None, 5, b"ecall", ["ecall"]])
def test_a_source_is_text(source):  # F82
    with pytest.raises(TypeError, match=r"^source: \w+ is no text; a str is right"):
        assemble(source)


@pytest.mark.parametrize("what", [None, True, 1.0, "ecall", b""])
def test_only_a_program_or_a_word_is_disassembled(what):  # F82
    with pytest.raises(TypeError, match=r"^what: \w+ is neither a Program nor an instruction word"):
        disassemble(what)
