"""What a C compiler writes is taken as it is: the same bytes as from GNU as, and the same end as under QEMU."""

import io
import shutil
import subprocess
from functools import cache
from pathlib import Path

import pytest
from elftools.elf.elffile import ELFFile

from emulator import Machine
from isa import assemble
from isa.assembler import laid_out
from isa.elf import write_elf
from tests.isa.gnu import PREFIX, needs_binutils, object_file

PROGRAMS = sorted(Path(__file__).with_name("compiled").glob("*.c"))
LEVELS = (
    "-O0",
    "-O1",
    "-O2",
    "-O3",
    "-Os",
    "-O1 -g",
    "-O1 -fcommon",
    "-O2 -mcmodel=medany -fno-section-anchors",
    "-O2 -ffunction-sections -fdata-sections",
)

# What a C library does before main.
START = """
        .text
        .globl  _start
_start: call    main
        li      a7, 93
        ecall
"""
# And with thread-local data: the thread pointer holds the address where it begins.
THREAD = '.section .tdata, "awT", @progbits\nthread:\n'
THREAD_START = START.replace("call    main", "la      tp, thread\n        call    main")

pytestmark = [
    pytest.mark.oracle,
    needs_binutils,
    pytest.mark.skipif(shutil.which(PREFIX + "gcc") is None, reason="gcc for riscv64-unknown-elf is not installed"),
]


@cache
def compiled(program, level):
    command = [PREFIX + "gcc", "-S", "-march=rv64ima", "-mabi=lp64", "-ffreestanding", *level.split()]
    result = subprocess.run([*command, "-o", "-", program], text=True, capture_output=True, check=False)
    assert result.returncode == 0, result.stderr
    if ".tdata" in result.stdout:
        return THREAD + result.stdout + THREAD_START
    return result.stdout + START


def linked_at(source, sections):
    """The bytes that GNU as and ld make of each of our sections, given as names and addresses, ascending."""
    with object_file(source) as unlinked:
        # Sections of strings would be merged, which is the linker's wish and changes no program.
        command = [PREFIX + "objcopy", "-w", "--set-section-flags", ".rodata*=alloc,readonly,data,contents", unlinked]
        subprocess.run(command, check=True, capture_output=True)
        inside = {name: f"*({name})" for name, _ in sections} | {".bss": "*(.bss) *(COMMON)"}
        places = "\n".join(f"{name} {address:#x} : {{ {inside[name]} }}" for name, address in sections)
        script, linked = unlinked.with_suffix(".ld"), unlinked.with_suffix(".elf")
        script.write_text(f"SECTIONS {{ {places} /DISCARD/ : {{ *(*) }} }}")
        command = [PREFIX + "ld", "--no-relax", "--no-warn-rwx-segments", "-T", script, "-o", linked, unlinked]
        result = subprocess.run(command, text=True, capture_output=True, check=False)
        assert result.returncode == 0, result.stderr
        elf = ELFFile(io.BytesIO(linked.read_bytes()))
        return {section.name: (section["sh_addr"], section.data()) for section in elf.iter_sections()}


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("program", PROGRAMS, ids=lambda path: path.stem)
def test_compiled_code_has_the_bytes_of_gnu_as(program, level):
    source = compiled(program, level)
    ours = assemble(source)
    sections = {section.name: section for section in laid_out(source).sections if section.allocated}
    theirs = linked_at(source, sorted(((name, s.address) for name, s in sections.items()), key=lambda item: item[1]))
    for name, section in sections.items():
        address, data = theirs.get(name, (section.address, b""))
        assert address == section.address
        if section.size and not section.zeros:
            assert ours.read(address, section.size).hex() == data.hex(), name


@pytest.mark.skipif(shutil.which("qemu-riscv64") is None, reason="qemu-riscv64 is not installed")
@pytest.mark.parametrize("program", PROGRAMS, ids=lambda path: path.stem)
def test_compiled_programs_end_as_under_qemu(program, tmp_path):
    for level in ("-O0", "-O2"):
        ours = assemble(compiled(program, level), f"{program.stem}.s")
        path = tmp_path / f"{program.stem}{level}.elf"
        path.write_bytes(write_elf(ours))
        path.chmod(0o755)
        theirs = subprocess.run(["qemu-riscv64", path], check=False).returncode
        machine = Machine()
        machine.spawn(ours)
        assert (level, machine.run().exit_status) == (level, theirs)
