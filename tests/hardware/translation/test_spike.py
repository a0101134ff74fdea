"""The MMU against Spike, the RISC-V reference simulator: random PTEs, addresses, modes, accesses, thousands a run."""

import random
import shutil
import subprocess
from pathlib import Path

import pytest

from emulator import Mmu
from tests.pages import PAGE, flags, pte

TOOLS = ("riscv64-unknown-elf-gcc", "spike", "dtc")
MISSING = [tool for tool in TOOLS if shutil.which(tool) is None]
pytestmark = [
    pytest.mark.oracle,
    pytest.mark.skipif(bool(MISSING), reason=f"not installed: {', '.join(MISSING)}"),
]

SOURCE = Path(__file__).with_name("spike.S")
BASE, TABLES, DATA, OUTSIDE = 0x80000000, 0x80200000, 0x80400000, 0x90000000
ACCESSES = ("fetch", "load", "store", "amo", "lr")
SIZES = {"fetch": 4, "load": 8, "store": 4, "amo": 8, "lr": 8}
SUM, MXR, SUPERVISOR = 1 << 18, 1 << 19, 1 << 11
MODES = {"sv39": (3, 8), "sv48": (4, 9), "sv57": (5, 10)}
COUNT = 3000


def some_va(rng, levels):
    """An address whose low 30 bits fall into the data, so that any size of page may be mapped there; 1 in 20 is bad."""
    va = 0
    for _ in range(levels - 2):
        va = va << 9 | rng.choice((0, 1, 255, 256, 511))
    va = (va << 9 | DATA >> 21 & 511) << 21 | rng.choice((0, 1, 511)) << 12 | rng.choice((0, 8, 0xFF8))
    if va >> 12 + 9 * levels - 1:
        va |= -1 << 12 + 9 * levels
    if rng.random() < 0.05:
        va ^= 1 << rng.randrange(12 + 9 * levels - 1, 64)
    return va & (1 << 64) - 1


def some_flags(rng):
    """Flags of a leaf: any, or such that the access often gets through."""
    if rng.random() < 0.4:
        return rng.randrange(256)
    return (
        flags("vr")
        | rng.choice((0, flags("w"), flags("wx"), flags("x")))
        | rng.choice((0, flags("a"), flags("ad")))
        | rng.choice((0, flags("u")))
    )


def reserved(rng):
    """Mostly nothing, else a bit that must be 0, or one that is for software."""
    return 1 << rng.choice((8, 9, *range(54, 64))) if rng.random() < 0.06 else 0


def some_ptes(rng, levels):
    """A PTE for each level, leaf level first: pointers down to a level drawn, there a leaf; with mistakes."""
    leaf = rng.choice((0, 0, 0, 1, 1, 2, levels - 1))
    found = []
    for level in range(levels):
        if level < leaf:
            found.append(0)
        elif level > leaf:
            target = TABLES + (level - 1) * PAGE if rng.random() < 0.97 else OUTSIDE
            found.append(
                pte(target, "v", reserved(rng) | (rng.choice((0x10, 0x40, 0x80, 0x20)) if rng.random() < 0.05 else 0))
            )
        else:
            page = {0: DATA + rng.randrange(4) * PAGE, 1: DATA}.get(level, BASE if level == 2 else 0)
            if rng.random() < 0.08:
                page += PAGE << rng.randrange(9 * level) if level else OUTSIDE - DATA
            found.append(pte(page, "", some_flags(rng) | reserved(rng)))
    return found


def some_vectors(seed, levels):
    rng = random.Random(seed)
    return [
        (
            some_va(rng, levels),
            rng.choice((0, SUPERVISOR)) | rng.choice((0, SUM)) | rng.choice((0, MXR)),
            rng.randrange(5),
            some_ptes(rng, levels),
        )
        for _ in range(COUNT)
    ]


def ask_spike(vectors, levels, mode, adue, folder):
    """What Spike makes of the vectors: (mcause, mtval, value, PTEs) each."""
    rows = "\n".join(
        f".dword {va}, {bits}, {access}, " + ", ".join(map(str, ptes)) for va, bits, access, ptes in vectors
    )
    settings = f".equ LEVELS, {levels}\n.equ MODE, {mode}\n.equ ADUE, {adue}\n.equ VECTORS, {len(vectors)}\n"
    (folder / "vectors.inc").write_text(f"{settings}.data\n.balign 8\nvectors:\n{rows}\nvectors_end:\n")
    elf, signature = folder / "vectors.elf", folder / "signature"
    build = [
        TOOLS[0],
        "-march=rv64ima_zicsr",
        "-mabi=lp64",
        "-nostdlib",
        "-nostartfiles",
        "-static",
        f"-Wl,-n,-Ttext={BASE:#x}",
        f"-I{folder}",
    ]
    subprocess.run([*build, "-o", elf, SOURCE], check=True)
    command = [
        "spike",
        "--isa=rv64ima_zicsr_zifencei_svadu",
        f"-m{BASE:#x}:0x1000000",
        f"+signature={signature}",
        "+signature-granularity=8",
        str(elf),
    ]
    subprocess.run(command, check=True, timeout=60)
    found = [int(line, 16) for line in signature.read_text().split()]
    width = 3 + levels
    return [found[i : i + width] for i in range(0, width * len(vectors), width)]


def ask_mmu(mmu, vector, levels):
    """What the MMU makes of one vector, in Spike's terms."""
    va, bits, number, ptes = vector
    access = ACCESSES[number]
    places = [TABLES + PAGE * level + (va >> 12 + 9 * level & 511) * 8 for level in range(levels)]
    for place, entry in zip(places, ptes, strict=True):
        mmu.memory.write(place, entry)
    mmu.fence()
    mmu.privilege = "supervisor" if bits & SUPERVISOR else "user"
    mmu.sum, mmu.mxr = bool(bits & SUM), bool(bits & MXR)
    out = mmu.translate(va, access, SIZES[access])
    after = [mmu.memory.read(place) for place in places]
    for place in places:
        mmu.memory.write(place, 0)
    if out.pa is None:
        return [out.cause, out.tval, 0, *after]
    reads = access in ("load", "amo", "lr")
    let_through = {"fetch": 9 if bits & SUPERVISOR else 8}.get(access, 0)
    return [let_through, 0, (out.pa >> 3 << 32 | 0x73) & (1 << 64) - 1 if reads else 0, *after]


@pytest.mark.parametrize("ad", ["svade", "svadu"])
@pytest.mark.parametrize("paging", sorted(MODES))
def test_random_translations_end_as_they_do_on_spike(paging, ad, tmp_path):
    """Cause, reported address, the place read, and every PTE afterwards."""
    levels, mode = MODES[paging]
    vectors = some_vectors(f"{paging} {ad}", levels)
    mmu = Mmu(paging=paging, memory="16MiB", memory_base=BASE, ad=ad)
    mmu.root = TABLES + PAGE * (levels - 1)
    outcomes = ask_spike(vectors, levels, mode, int(ad == "svadu"), tmp_path)
    causes = {outcome[0] for outcome in outcomes}
    assert causes >= {0, 8, 9, 1, 5, 7, 12, 13, 15}  # the vectors reach every outcome
    for vector, outcome in zip(vectors, outcomes, strict=True):
        assert ask_mmu(mmu, vector, levels) == outcome, [hex(part) for part in (*vector[:2], *vector[3])]
