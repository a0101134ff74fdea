"""x86-64 against Unicorn: random page tables, modes and accesses; fault, error code, CR2, place, and A and D after.

Where Unicorn (QEMU's `target/i386`) is not what the SDM says, it is not asked:

    A of a 1 GiB page that refuses the access    it sets it before it looks at rights and reserved bits: against F33
    address bits 45-40                            it has 40 physical bits, the emulator 46: the vectors leave them 0
"""

import random

import pytest

from emulator import Mmu
from tests.paging.x86 import ACCESSED, DIRTY, LEVELS, PAGE, PAT_OF_LARGE, PS, RW, US, XD, P

pytest.importorskip("unicorn", reason="not installed: unicorn")

from tests.paging.processor import DATA, MARK, MEMORY, TABLES, Processor

pytestmark = pytest.mark.oracle

COUNT = 12000
ACCESSES = ("fetch", "load", "store")
SWITCHES = ("wp", "smep", "smap", "ac", "nxe")
RESERVED = range(46, 52)
IGNORED = (3, 4, 8, 9, 10, 11, *range(52, 63))  # PWT, PCD, G, and those for software
NO_CODE = (0, 1, 255, 257, 511)  # of the root: 256 is where the processor's own code is


def some_va(rng, levels):
    """An address whose low 30 bits fall into the data, whatever the size of its page; 1 in 20 is not canonical."""
    va = rng.choice(NO_CODE)
    for _ in range(levels - 3):
        va = va << 9 | rng.choice((0, 1, 511))
    va = va << 30 | rng.randrange(DATA, MEMORY, 16)
    if va >> 11 + 9 * levels:
        va |= -1 << 12 + 9 * levels
    if rng.random() < 0.05:
        va ^= 1 << rng.randrange(12 + 9 * levels, 64)
    return va & (1 << 64) - 1


def some_bits(rng, likely):
    """Bits that any entry has; `likely` is how probably each grants."""
    bits = sum(bit for bit in (RW, US) if rng.random() < likely)
    bits |= sum(bit for bit in (ACCESSED, DIRTY) if rng.random() < 0.5)
    bits |= (P if rng.random() < 0.97 else 0) | (XD if rng.random() > likely else 0)
    bits |= 1 << rng.choice(IGNORED) if rng.random() < 0.3 else 0
    return bits | (1 << rng.choice(RESERVED) if rng.random() < 0.02 else 0)


def some_entries(rng, levels):
    """An entry for each level, the lowest first: tables down to a level drawn, there a page; with mistakes."""
    leaf = rng.choice((0, 0, 0, 1, 1, 2, 2, levels - 1))
    likely = rng.choice((0.5, 0.9, 0.97, 1))
    entries = [0] * leaf
    for level in range(leaf, levels):
        bits = some_bits(rng, likely)
        if level > leaf:
            entries.append((TABLES + (level - 1) * PAGE) | bits)
        elif level == 0:
            entries.append(rng.randrange(DATA, MEMORY, PAGE) | bits | rng.choice((0, PS)))
        else:
            page = rng.randrange(DATA, MEMORY, 1 << 21) if level == 1 else 0
            mistake = 1 << rng.randrange(13, 12 + 9 * level) if rng.random() < 0.05 else 0
            entries.append(page | bits | PS | rng.choice((0, PAT_OF_LARGE)) | mistake)
    return entries


def some_vector(rng, levels):
    """An address, entries, an access, whether the user makes it, and switches."""
    switches = {name: rng.random() < (0.5 if name == "ac" else 0.8) for name in SWITCHES}
    return some_va(rng, levels), some_entries(rng, levels), rng.choice(ACCESSES), rng.random() < 0.5, switches


def places_of(va, levels):
    """Where the entries of `va` stand, the lowest first."""
    return [TABLES + level * PAGE + (va >> 12 + 9 * level & 511) * 8 for level in range(levels)]


def ask_mmu(mmu, vector, places):
    """Vector, CR2, error code, place and entries afterwards, as the Mmu has it."""
    va, entries, access, user, switches = vector
    for place, entry in zip(places, entries, strict=True):
        mmu.memory.write(place, entry)
    mmu.fence()
    mmu.privilege = "user" if user else "supervisor"
    for name, on in switches.items():
        setattr(mmu, name, on)
    out = mmu.translate(va, access)
    return out.cause, va if out.cause == 14 else None, out.error, out.pa, [mmu.memory.read(place) for place in places]


def without_early_a(outcome, of_1_gib):
    """An outcome without the A of a 1 GiB page that refused the access."""
    cause, *others, after = outcome
    if cause == 14 and of_1_gib:
        after = [entry & ~ACCESSED if level == 2 else entry for level, entry in enumerate(after)]
    return cause, *others, after


def ask_processor(processor, vector, places, stored):
    """The same as Unicorn has it; a store is looked for at `stored`."""
    va, entries, access, user, switches = vector
    for place, entry in zip(places, entries, strict=True):
        processor.write(place, entry)
    cause, value = processor.access(va, access, user, switches)
    after = [processor.read(place) for place in places]
    if cause is not None:
        return cause, value if cause == 14 else None, processor.error(), None, after
    if access == "store":
        found = stored is not None and processor.read(stored) == MARK
        if found:
            processor.write(stored, 0x00FEEB_00000000_B8 | (stored >> 4) << 8)
        return None, None, None, stored if found else "elsewhere", after
    return None, None, None, ((value >> 8 if access == "load" else value) & 0xFFFFFFFF) << 4, after


@pytest.mark.parametrize("paging", LEVELS)
def test_random_translations_end_as_they_do_on_unicorn(paging):
    levels = LEVELS[paging]
    rng = random.Random(paging)
    processor = Processor(levels)
    mmu = Mmu(paging=paging, memory=MEMORY)
    mmu.root = processor.root
    reached = set()
    for _ in range(COUNT):
        vector = some_vector(rng, levels)
        places = places_of(vector[0], levels)
        ours = ask_mmu(mmu, vector, places)
        theirs = ask_processor(processor, vector, places, ours[3])
        of_1_gib = vector[1][2] & PS
        told = [*map(hex, (vector[0], *vector[1])), *vector[2:]]
        assert without_early_a(ours, of_1_gib) == without_early_a(theirs, of_1_gib), told
        reached.add((ours[0], ours[2]))
    errors = {code for cause, code in reached if cause == 14}
    assert errors >= {0, 1, 2, 3, 4, 5, 6, 7, 9, 11, 13, 15, 16, 17, 20, 21, 25, 29}  # every code that there is
