"""The auditor finds what the one on a page does (model.py): random logs of two harts, three spaces and few tables."""

import io
import random

import pytest

from emulator.audit import Audit, open_log
from tests.audit.logs import text_of
from tests.audit.model import Model
from tests.pages import flags, pte

ROOTS = {1: (0x80001000, 1), 2: (0x80002000, 2), 3: (0x80003000, 1)}  # two of one ASID
MIDDLES, LOWS = (0x80004000, 0x80005000), (0x80006000, 0x80007000)
ACCESSES = ("load", "load", "store", "fetch")


def some_value(rng, level):
    """What a PTE at `level` may hold: a pointer, a leaf of any rights, or nothing."""
    if level and rng.random() < 0.7:
        return pte(rng.choice(MIDDLES if level == 2 else LOWS), "v")
    if level < 2 and rng.random() < 0.8:
        page = (0x80200000, 0x80400000)[rng.randrange(2)] if level else 0x80200000 + 4096 * rng.randrange(4)
        return pte(page, "vr") | flags(rng.choice(("", "w", "wd", "wad", "x"))) | flags(rng.choice(("", "", "", "g")))
    return 0


def some_write(rng):
    """A write of one of few PTEs, mostly of a page's own."""
    level = rng.choice((0, 0, 0, 0, 1, 1, 2))
    table = rng.choice((LOWS, MIDDLES, tuple(root for root, _ in ROOTS.values()))[level])
    return f"pte {rng.randrange(2)} {table + 8 * rng.randrange(1 if level == 2 else 2):#x} {some_value(rng, level):#x}"


def some_fence(rng):
    """A fence with an address, an ASID, both or neither."""
    va = rng.choice(("", f" va={some_va(rng):#x}"))
    return f"fence {rng.randrange(2)}{va}{rng.choice(('', ' asid=1', ' asid=2'))}"


def some_va(rng):
    """An address in one of few pages, which few PTEs at each level lead to."""
    return rng.randrange(2) << 21 | rng.randrange(2) << 12 | 8 * rng.randrange(2)


def some_log(rng, length):
    """The lines of a random log."""
    yield from ("hart 0", "hart 1")
    yield from (f"space {number} sv39 {root:#x} {asid}" for number, (root, asid) in ROOTS.items())
    for root, _ in ROOTS.values():
        yield f"pte 0 {root:#x} {pte(rng.choice(MIDDLES), 'v'):#x}"
    for middle in MIDDLES:
        yield from (f"pte 0 {middle + 8 * n:#x} {pte(low, 'v'):#x}" for n, low in enumerate(LOWS))
    for low in LOWS:
        yield from (f"pte 0 {low + 8 * n:#x} {pte(0x80200000 + 4096 * n, 'vrwx'):#x}" for n in range(2))
    yield from (f"satp {hart} 1" for hart in range(2))
    for _ in range(length):
        kind = rng.random()
        if kind < 0.65:
            yield f"{rng.choice(ACCESSES)} {rng.randrange(2)} {some_va(rng):#x}"
        elif kind < 0.85:
            yield some_write(rng)
        elif kind < 0.95:
            yield some_fence(rng)
        else:
            yield f"satp {rng.randrange(2)} {rng.choice(list(ROOTS))}"


def modelled(lines):
    """The accesses that the model calls mistakes."""
    model = Model()
    for number, line in enumerate(lines, 1):
        kind, *words = line.split()
        options = {key: int(value, 0) for key, _, value in (word.partition("=") for word in words) if value}
        operands = [word if word == "sv39" else int(word, 0) for word in words if "=" not in word]
        model.feed(number, kind, *operands, **options)
    return model.stale


def audited(lines):
    """The accesses that the auditor calls mistakes: those after which it has counted more uses."""
    audit, stale, before = Audit(), set(), 0
    for number, row in enumerate(open_log(io.BytesIO(text_of(*lines))).rows, 1):
        audit.feed([row])
        uses = sum(finding.uses for finding in audit.findings.groups.values())
        if uses > before:
            stale.add(number)
        before = uses
    return stale


@pytest.mark.parametrize("seed", range(40))
def test_the_auditor_finds_what_the_model_finds(seed):
    rng = random.Random(seed)
    for length in (20, 60, 200):
        lines = list(some_log(rng, length))
        assert audited(lines) == modelled(lines)


def test_random_logs_have_mistakes_and_accesses_that_are_none():
    lines = list(some_log(random.Random(0), 1000))
    accesses = sum(line.split()[0] in ACCESSES for line in lines)
    assert 0.1 * accesses < len(modelled(lines)) < 0.9 * accesses
