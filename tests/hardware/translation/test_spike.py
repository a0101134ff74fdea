"""The MMU against Spike, the RISC-V reference simulator: random PTEs, addresses, modes, accesses, thousands a run.

`make vectors` asks for 20,000 of each kind; a test run has fewer, the first ones of the same.
"""

import os
import random
import shutil
import subprocess
from itertools import product
from pathlib import Path

import pytest

from emulator import Mmu
from tests.hardware.translation.vectors import (
    ACCESSES,
    BASE,
    DATA,
    DATA_BYTES,
    MXR,
    PAGE,
    SHAPES,
    SUM,
    SUPERVISOR,
    TABLES,
    some_vector,
)

TOOLS = ("riscv64-unknown-elf-gcc", "spike", "dtc")
MISSING = [tool for tool in TOOLS if shutil.which(tool) is None]
pytestmark = [
    pytest.mark.oracle,
    pytest.mark.skipif(bool(MISSING), reason=f"not installed: {', '.join(MISSING)} (make oracles)"),
]

SOURCE = Path(__file__).with_name("spike.S")
DATA_PLACE = 0x80600000  # vectors and outcomes, beyond what they map
KINDS = [*product(SHAPES, ["none"]), *product(["sv39", "sv48", "sv57"], ["svnapot+svpbmt"])]
COUNT = int(os.environ.get("PAGEWALK_VECTORS", "2000"))


def some_vectors(seed, shape, extended):
    """`COUNT` vectors."""
    rng = random.Random(seed)
    return [some_vector(rng, shape, extended) for _ in range(COUNT)]


def ask_spike(vectors, shape, adue, extended, folder):
    """What Spike makes of the vectors: (mcause, mtval, value, PTEs) each."""
    xlen, numbers = 8 * shape.width, {8: ".dword", 4: ".word"}[shape.width]
    rows = "\n".join(
        f"{numbers} {va}, {bits}, {ACCESSES.index(access)}, " + ", ".join(map(str, ptes))
        for va, bits, access, ptes in vectors
    )
    settings = {
        "XLEN": xlen,
        "LEVELS": shape.levels,
        "INDEX_BITS": shape.index_bits,
        "MODE": shape.number,
        "ADUE": adue,
        "PBMTE": int(extended),
        "VECTORS": len(vectors),
    }
    equals = "".join(f".equ {name}, {value}\n" for name, value in settings.items())
    (folder / "vectors.inc").write_text(f"{equals}.data\n.balign 8\nvectors:\n{rows}\nvectors_end:\n")
    elf, signature = folder / "vectors.elf", folder / "signature"
    build = [
        TOOLS[0],
        f"-march=rv{xlen}ima_zicsr",
        f"-mabi={'lp64' if xlen == 64 else 'ilp32'}",
        "-nostdlib",
        "-nostartfiles",
        "-static",
        f"-Wl,-n,-Ttext={BASE:#x},-Tdata={DATA_PLACE:#x}",
        f"-I{folder}",
    ]
    subprocess.run([*build, "-o", elf, SOURCE], check=True)
    command = [
        "spike",
        f"--isa=rv{xlen}ima_zicsr_zifencei_svadu" + ("_svnapot_svpbmt" if extended else ""),
        f"-m{BASE:#x}:0x1000000",
        f"+signature={signature}",
        f"+signature-granularity={shape.width}",
        str(elf),
    ]
    subprocess.run(command, check=True, timeout=300)
    found = [int(line, 16) for line in signature.read_text().split()]
    width = 3 + shape.levels
    return [found[i : i + width] for i in range(0, width * len(vectors), width)]


def ask_mmu(mmu, vector, shape):
    """What the MMU makes of one vector, in Spike's terms."""
    places = [shape.place(vector.va, level) for level in range(shape.levels)]
    for place, entry in zip(places, vector.ptes, strict=True):
        mmu.memory.write(place, entry, shape.width)
    mmu.fence()
    supervisor = bool(vector.bits & SUPERVISOR)
    mmu.privilege = "supervisor" if supervisor else "user"
    mmu.sum, mmu.mxr = bool(vector.bits & SUM), bool(vector.bits & MXR)
    out = mmu.translate(vector.va, vector.access, 4 if vector.access in ("fetch", "store") else shape.width)
    after = [mmu.memory.read(place, shape.width) for place in places]
    for place in places:
        mmu.memory.write(place, 0, shape.width)
    if out.pa is None:
        return [out.cause, out.tval, 0, *after]
    if vector.access == "fetch":
        return [9 if supervisor else 8, 0, 0, *after]  # the ECALL that is there
    return [0, 0, 0 if vector.access == "store" else word_at(out.pa) >> 64 - 8 * shape.width, *after]


def word_at(pa):
    """The 8 bytes of data at `pa`, or those that its upper half is at."""
    return ((pa >> 3 << 32) | 0x73) & (1 << 64) - 1


def fill(memory):
    """Put the data into memory: a PTE of 4 bytes may lead there, and what it finds means something then."""
    for pa in range(DATA, DATA + DATA_BYTES, 8):
        memory.write(pa, word_at(pa))


@pytest.mark.parametrize(("paging", "extensions"), KINDS)
@pytest.mark.parametrize("ad", ["svade", "svadu"])
def test_random_translations_end_as_they_do_on_spike(paging, ad, extensions, tmp_path):
    """Cause, reported address, the place read, and every PTE afterwards."""
    shape, extended = SHAPES[paging], extensions != "none"
    vectors = some_vectors(f"{paging} {ad} {extensions}", shape, extended)
    mmu = Mmu(paging=paging, memory="16MiB", memory_base=BASE, ad=ad, extensions=extensions)
    mmu.root = TABLES + PAGE * (shape.levels - 1)
    if shape.width == 4:
        fill(mmu.memory)
    outcomes = ask_spike(vectors, shape, int(ad == "svadu"), extended, tmp_path)
    causes = {outcome[0] for outcome in outcomes}
    assert causes >= {0, 8, 9, 1, 5, 7, 12, 13, 15}  # the vectors reach every outcome
    for vector, outcome in zip(vectors, outcomes, strict=True):
        told = hex(vector.va), hex(vector.bits), vector.access, [hex(entry) for entry in vector.ptes]
        assert ask_mmu(mmu, vector, shape) == outcome, told
