"""ELF executables, written and read."""

import contextlib
import shutil
import struct
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isa import ElfError, IsaError, Program, assemble, disassemble
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
TYPE, MACHINE, ENTRY, SECTIONS, FLAGS, PROGRAM_COUNT, SECTION_COUNT = 1, 2, 4, 6, 7, 10, 12


def with_header(field, value, content=FILE):
    fields = list(HEADER.unpack_from(content))
    fields[field] = value
    return HEADER.pack(*fields) + content[HEADER.size :]


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
        (FILE[:5000], "truncated"),
        (FILE[:4] + b"\1" + FILE[5:], "a 32-bit ELF file"),
        (FILE[:5] + b"\2" + FILE[6:], "a big-endian ELF file"),
        (with_header(MACHINE, 62), "a program for x86-64, not for RISC-V"),
        (with_header(MACHINE, 9999), "machine 9999"),
        (with_header(TYPE, 1), "a relocatable object; link it first"),
        (with_header(ENTRY, 0, with_header(TYPE, 3)), "a shared object, with no entry"),
        (with_header(TYPE, 4), "a core dump"),
        (with_header(PROGRAM_COUNT, 0), "nothing to load"),
        (with_segment(0, type=3), "a dynamically linked executable"),
        (with_segment(0, offset=0x1004), "segment 0 is misaligned"),
        (with_segment(1, vaddr=0x10000), "entry 0x10000 is in no executable segment"),
        (with_segment(0, memsz=2), "bytes of data in 2 of memory"),
        (with_segment(2, filesz=5000, memsz=5000, offset=len(FILE) - 4096 & -4096), "truncated: segment 2"),
        (with_segment(2, filesz=1 << 40, memsz=1 << 40), "its segments name"),
        (with_segment(0, vaddr=1 << 63, offset=0), "beyond the address space"),
        (with_segment(0, flags=4), "entry 0x10000 is in no executable segment"),
    ],
)
def test_another_kind_of_file_is_refused(content, message):
    with pytest.raises(ElfError, match=r"^a\.elf: ") as caught:
        read_elf(content, "a.elf")
    assert message in caught.value.message


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (1, "compressed (16-bit) instructions"),
        (2, "single-precision floating point"),
        (4, "double-precision floating point"),
        (5, "double-precision floating point"),
        (6, "quad-precision floating point"),
        (8, "RV64E"),
    ],
)
def test_code_that_the_machine_cannot_run_is_refused_before_it_runs(flags, message):  # F92
    with pytest.raises(ElfError, match="with -march=rv64ima -mabi=lp64") as caught:
        read_elf(with_header(FLAGS, flags))
    assert message in caught.value.message
    assert "\n" not in caught.value.message


def test_total_store_order_is_no_reason_to_refuse_a_file():
    assert read_elf(with_header(FLAGS, 16)).segments == PROGRAM.segments


@pytest.mark.parametrize(
    "content",
    [
        FILE[:-1],
        FILE[:-500],
        with_header(SECTIONS, 0),
        with_header(SECTIONS, 1 << 63),
        with_header(SECTION_COUNT, 9999),
        with_header(SECTION_COUNT, 0),
        FILE[:-100] + bytes(100),
    ],
)
def test_sections_play_no_part_in_running_a_program(content):  # F92
    def bare(segments):
        return [(one.address, one.data, one.memory_size, one.permissions) for one in segments]

    assert bare(read_elf(content).segments) == bare(PROGRAM.segments)


def test_a_program_that_runs_anywhere_is_moved_to_where_linux_puts_it():  # F92
    base = 0x2AAAAAA000
    program = read_elf(with_header(TYPE, 3))
    assert program.entry == PROGRAM.entry + base
    assert [one.address - base for one in program.segments] == [one.address for one in PROGRAM.segments]
    assert program.symbols["_start"] == program.entry


def test_a_program_that_runs_anywhere_keeps_its_alignment():  # F92
    content = with_segment(0, align=1 << 24)
    assert read_elf(with_header(TYPE, 3, content)).entry == PROGRAM.entry + 0x2AAA000000


def elf(*segments, entry=0x10000, body=bytes(range(256)) * 64):
    """A file with program headers for `segments`: (flags, offset, address, size in the file, size in memory)."""
    rows = b"".join(
        struct.pack("<IIQQQQQQ", 1, flags, offset, address, address, size, memory, 4096)
        for flags, offset, address, size, memory in segments
    )
    ident = b"\x7fELF" + bytes([2, 1, 1]) + bytes(9)
    head = HEADER.pack(ident, 2, 243, 1, entry, 64, 0, 0, 64, 56, len(segments), 64, 0, 0)
    return (head + rows).ljust(1024, b"\1") + body[1024:]


READ, READ_WRITE, READ_EXECUTE = 4, 6, 5


def test_what_stands_around_a_segment_on_its_pages_is_there_too():  # F91
    content = elf((READ_EXECUTE, 0x1100, 0x10100, 0x20, 0x20), entry=0x10100)
    assert read_elf(content).read(0x10000, 4096) == content[0x1000:0x2000]


def test_a_listing_shows_the_segment_without_what_stands_around_it():
    listing = disassemble(read_elf(elf((READ_EXECUTE, 0x1100, 0x10100, 0x20, 0x20), entry=0x10100)))
    addresses = [line.split(":")[0].strip() for line in listing.split("\n") if line.startswith("  ")]
    assert addresses == [f"{address:x}" for address in range(0x10100, 0x10120, 4)]


def test_the_page_in_which_bss_begins_is_cleared_behind_the_data():  # F91
    content = elf((READ_EXECUTE, 0, 0x10000, 0x400, 0x400), (READ_WRITE, 0x1100, 0x20100, 0x20, 0x2000))
    program = read_elf(content)
    assert program.read(0x20000, 4096) == content[0x1000:0x1120].ljust(4096, b"\0")
    assert program.segment_at(0x21000).memory_size == 0x2100


def test_zeros_behind_data_that_may_not_be_written_begin_on_a_page_of_their_own():  # F91
    content = elf((READ_EXECUTE, 0, 0x10000, 0x400, 0x400), (READ, 0x1000, 0x20000, 0x20, 0x2000))
    program = read_elf(content)
    assert program.read(0x20000, 4096) == content[0x1000:0x2000]
    assert [(one.address, one.permissions) for one in program.segments[1:]] == [(0x20000, "r--"), (0x21000, "rw-")]


def test_of_two_segments_on_a_page_the_later_one_has_it():  # F91
    text, data = (READ_EXECUTE, 0, 0x10000, 0x1800, 0x1800), (READ_WRITE, 0x1800, 0x11800, 0x100, 0x100)
    content = elf(text, data)
    for rows, rights in (((text, data), "rw-"), ((data, text), "r-x")):
        program = read_elf(elf(*rows))
        assert program.segment_at(0x10000).permissions == "r-x"
        assert program.segment_at(0x11000).permissions == rights
        assert program.read(0x11000, 4096)[8:] == content[0x1008:0x2000]


def test_a_segment_in_the_middle_of_another_cuts_it():  # F91
    program = read_elf(elf((READ_EXECUTE, 0, 0x10000, 0x3000, 0x3000), (READ, 0x3000, 0x11000, 0x1000, 0x1000)))
    assert [(one.address, one.permissions) for one in program.segments] == [
        (0x10000, "r-x"),
        (0x11000, "r--"),
        (0x12000, "r-x"),
    ]


def test_what_may_be_written_may_be_read():
    program = read_elf(elf((READ_EXECUTE, 0, 0x10000, 0x400, 0x400), (2, 0x1000, 0x20000, 0x20, 0x20)))
    assert program.segments[1].permissions == "rw-"


def test_more_program_headers_than_linux_takes_are_refused():
    with pytest.raises(ElfError, match="1171 program headers; 1170 or fewer"):
        read_elf(with_header(PROGRAM_COUNT, 1171))


HEADERS = 64 + 3 * 56


@given(st.one_of(st.integers(0, HEADERS - 1), st.integers(len(FILE) - 1000, len(FILE) - 1)), st.integers(0, 255))
def test_a_damaged_byte_is_an_error_of_ours_or_harmless(place, value):
    with contextlib.suppress(IsaError):
        read_elf(FILE[:place] + bytes([value]) + FILE[place + 1 :])
