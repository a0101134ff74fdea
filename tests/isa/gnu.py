"""GNU as and ld as an independent oracle: the same source, laid at the same addresses."""

import io
import re
import shutil
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path

import pytest
from elftools.elf.elffile import ELFFile

from isa import assemble

PREFIX = "riscv64-unknown-elf-"
ARCHITECTURE = "-march=rv64ima_zicsr_zifencei"

needs_binutils = pytest.mark.skipif(
    shutil.which(PREFIX + "as") is None or shutil.which(PREFIX + "ld") is None,
    reason="GNU binutils for riscv64-unknown-elf are not installed",
)

needs_gcc = pytest.mark.skipif(shutil.which(PREFIX + "gcc") is None, reason=f"{PREFIX}gcc is not installed")

# GNU as knows no teaching instructions, but can spell them.
_SPELLINGS = (
    (re.compile(r"\bbcopy\s+(?=\w)"), ".insn r 0x0b, 0, 0, "),
    (re.compile(r"\bld\.pi\s+(?=\w)"), ".insn i 0x0b, 1, "),
    (re.compile(r"\bsd\.pi\s+(?=\w)"), ".insn s 0x0b, 2, "),
)


def in_gnu_spelling(source):
    """The source without comments, since they may name teaching instructions too."""
    source = re.sub(r"^([^\"'#]*)#.*$", r"\1", source, flags=re.MULTILINE)
    for ours, theirs in _SPELLINGS:
        source = ours.sub(theirs, source)
    return source


@contextmanager
def object_file(source, folders=()):
    """The path of what GNU as makes of `source`; what it includes lies in `folders`."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "a.o")
        command = [PREFIX + "as", ARCHITECTURE, "-mabi=lp64", "-mno-relax", "-o", path, "-"]
        command += [f"-I{folder}" for folder in folders]
        result = subprocess.run(command, input=in_gnu_spelling(source), text=True, capture_output=True, check=False)
        assert result.returncode == 0, result.stderr
        yield path


def link(source, addresses, folders=()):
    """The linked ELF file of `source`, with sections at `addresses` by name; what it includes lies in `folders`."""
    with object_file(source, folders) as unlinked:
        linked = unlinked.with_suffix(".elf")
        places = [f"--section-start={name}={address:#x}" for name, address in addresses.items()]
        command = [PREFIX + "ld", "--no-relax", "--no-warn-rwx-segments", *places, "-o", linked, unlinked]
        result = subprocess.run(command, text=True, capture_output=True, check=False)
        assert result.returncode == 0, result.stderr
        return linked.read_bytes()


def assert_equal_to_gnu(source, name="<string>", folders=()):
    """Our bytes and symbols are GNU's; a difference is shown with the source line that made it."""
    program = assemble(source, name)
    addresses = {segment.name: segment.address for segment in program.segments}
    elf = ELFFile(io.BytesIO(link(source, addresses, folders)))
    for segment in program.segments:
        theirs = elf.get_section_by_name(segment.name)
        assert theirs is not None, f"GNU has no {segment.name}"
        data = theirs.data() if theirs["sh_type"] != "SHT_NOBITS" else b""
        assert theirs["sh_addr"] == segment.address
        for offset in range(0, max(len(data), len(segment.data)), 4):
            ours, gnus = segment.data[offset : offset + 4], data[offset : offset + 4]
            line = program.source_map.line_at(segment.address + offset)
            assert ours.hex() == gnus.hex(), f"{segment.name}+{offset:#x}, from {line}"
    table = {symbol.name: symbol["st_value"] for symbol in elf.get_section_by_name(".symtab").iter_symbols()}
    for name, value in program.symbols.items():
        assert (name, hex(value)) == (name, hex(table[name]))
    for name, value in program.constants.items():
        assert (name, value & (1 << 64) - 1) == (name, table[name])
