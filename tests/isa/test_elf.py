"""ELF executables, written and read."""

import contextlib
import shutil
import struct
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isa import ElfError, IsaError, Program, assemble
from isa.elf import read_elf, write_elf
from tests.isa.gnu import PREFIX, link, needs_binutils

SOURCE = """
.equ SYS_EXIT, 93
.equ MINUS, -1
_start:
    la a0, room
    ld a1, number
    sd a1, 2040(a0)
    ld a0, 2040(a0)
    li a7, SYS_EXIT
    ecall
.section .rodata
message: .ascii "hello"
.data
number: .dword 42
.bss
room: .space 4096
"""
PROGRAM = assemble(SOURCE)
FILE = write_elf(PROGRAM)

HEADER = struct.Struct("<16sHHIQQQIHHHHHH")
TYPE, MACHINE, FLAGS, PROGRAM_COUNT = 1, 2, 7, 10


def with_header(field, value):
    fields = list(HEADER.unpack_from(FILE))
    fields[field] = value
    return HEADER.pack(*fields) + FILE[HEADER.size :]


def with_segment(index, **changes):
    """FILE with fields of a program header replaced: type, flags, offset, vaddr, paddr, filesz, memsz, align."""
    names = ("type", "flags", "offset", "vaddr", "paddr", "filesz", "memsz", "align")
    place = 64 + 56 * index
    fields = dict(zip(names, struct.unpack_from("<IIQQQQQQ", FILE, place), strict=True)) | changes
    return FILE[:place] + struct.pack("<IIQQQQQQ", *fields.values()) + FILE[place + 56 :]


def test_what_is_written_is_read_back():
    program = read_elf(FILE)
    assert program.entry == PROGRAM.entry
    assert program.segments == PROGRAM.segments
    assert (program.symbols, program.constants) == (PROGRAM.symbols, PROGRAM.constants)


def test_zeros_take_no_room_in_the_file():
    assert len(write_elf(assemble("nop\n.bss\n.space 1 << 30\n"))) < 10000


def test_a_file_is_known_by_its_magic_whatever_its_name(tmp_path):
    path = tmp_path / "program.s"
    path.write_bytes(FILE)
    assert Program.load(path).entry == PROGRAM.entry


@pytest.mark.oracle
@pytest.mark.skipif(shutil.which("qemu-riscv64") is None, reason="qemu-riscv64 is not installed")
def test_qemu_runs_what_is_written(tmp_path):
    path = tmp_path / "program"
    path.write_bytes(FILE)
    path.chmod(0o755)
    assert subprocess.run(["qemu-riscv64", path], check=False).returncode == 42


@pytest.mark.oracle
@needs_binutils
def test_objdump_shows_code_under_its_label(tmp_path):
    path = tmp_path / "program"
    path.write_bytes(FILE)
    result = subprocess.run([PREFIX + "objdump", "-d", path], capture_output=True, text=True, check=True)
    assert "0000000000010000 <_start>:" in result.stdout
    assert result.stderr == ""


@pytest.mark.oracle
@needs_binutils
def test_readelf_finds_nothing_to_warn_of(tmp_path):
    path = tmp_path / "program"
    path.write_bytes(FILE)
    result = subprocess.run([PREFIX + "readelf", "-aW", path], capture_output=True, text=True, check=True)
    assert result.stderr == ""
    assert "Warning" not in result.stdout


@pytest.mark.oracle
@needs_binutils
def test_what_gnu_ld_makes_is_read():
    program = read_elf(link(".globl _start\n" + SOURCE.replace("\n_start", "\nnop\n_start"), {}))
    assert program.read(program.symbols["number"], 8) == (42).to_bytes(8, "little")
    assert program.read(program.symbols["room"], 8) == bytes(8)
    assert program.entry == program.symbols["_start"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "not an ELF file"),
        (b"#!/bin/sh", "not an ELF file"),
        (FILE[:40], "truncated: 40 bytes, but an ELF64 header has 64"),
        (FILE[:-1], "truncated"),
        (FILE[:5000], "truncated"),
        (FILE[:4] + b"\1" + FILE[5:], "a 32-bit ELF file"),
        (FILE[:5] + b"\2" + FILE[6:], "a big-endian ELF file"),
        (with_header(MACHINE, 62), "a program for x86-64, not for RISC-V"),
        (with_header(MACHINE, 9999), "machine 9999"),
        (with_header(TYPE, 1), "a relocatable object; link it first"),
        (with_header(TYPE, 3), "position-independent executable"),
        (with_header(TYPE, 4), "a core dump"),
        (with_header(PROGRAM_COUNT, 0), "nothing to load"),
        (with_segment(0, type=3), "a dynamically linked executable"),
        (with_segment(0, offset=0x1004), "segment 0 is misaligned"),
        (with_segment(1, vaddr=0x10000), "overlaps a page of"),
        (with_segment(0, memsz=2), "bytes of data in 2 of memory"),
        (with_segment(2, filesz=1 << 40), "truncated: segment 2"),
        (with_segment(0, vaddr=1 << 63, offset=0), "beyond the address space"),
        (with_segment(0, flags=4), "entry 0x10000 is in no executable segment"),
    ],
)
def test_another_kind_of_file_is_refused(content, message):
    with pytest.raises(ElfError, match=r"^a\.elf: ") as caught:
        read_elf(content, "a.elf")
    assert message in caught.value.message


def test_compressed_code_is_no_reason_to_refuse_a_file():
    assert read_elf(with_header(FLAGS, 1)).segments == PROGRAM.segments


HEADERS = 64 + 3 * 56


@given(st.one_of(st.integers(0, HEADERS - 1), st.integers(len(FILE) - 1000, len(FILE) - 1)), st.integers(0, 255))
def test_a_damaged_byte_is_an_error_of_ours_or_harmless(place, value):
    with contextlib.suppress(IsaError):
        read_elf(FILE[:place] + bytes([value]) + FILE[place + 1 :])
