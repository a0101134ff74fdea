"""An `Mmu` beside the reference model of TLBs: what it answers, with fences or without, is something it is allowed to.

Two roots, four more tables, a few entries of each, all drawn at random and rewritten at random, so that tables are
shared, lead in circles and change while they are in use. The same steps each time; `make tlbs` takes very many.
"""

import os
from collections import Counter
from random import Random

import msgspec
import pytest

from emulator import Mmu
from emulator.config import Config, profile_names
from emulator.config.replacement import POLICIES
from emulator.config.schema import SettingRow
from tests.model.ptes import X86, Riscv
from tests.model.tlb import Model

STEPS = int(os.environ.get("PAGEWALK_TLB_STEPS", "600"))
A_RUN = 200  # steps on one machine
MEMORY, PAGE = 16 << 20, 4096
ROOTS, TABLES = (0, PAGE), tuple(range(2 * PAGE, 6 * PAGE, PAGE))
LOW, SIGN = (1, 2), 511  # the entries of a table that are used; the last of a root, too
FRAMES = (0, 2 << 20, 4 << 20, 40 * PAGE, 41 * PAGE)
OUTSIDE = 1 << 40
ACCESSES = ("load", "load", "load", "store", "store", "fetch", "amo", "lr")
ASIDS = (1, 2)
ANY_WAYS = [row.name for row in POLICIES if not row.halves]


class Draw:
    """Entries at random for a table that is meant to be at `level`: most of them pointers or pages, some of them wild.

    `flags` are those of pages and of pointers, `wild` are entries that none may use.
    """

    def __init__(self, shift, pages, large, pointers, wild):
        self.shift, self.pages, self.large, self.pointers, self.wild = shift, pages, large, pointers, wild

    def __call__(self, random, level, below):
        """An entry; `below` are the tables that are meant to be one level further down."""
        kind = random.randrange(20)
        if kind == 0:
            return random.choice(self.wild)
        if kind == 1:
            level, below = random.choice((0, 1, 2)), TABLES
        if below and kind < 16:
            return random.choice(below) >> self.shift | random.choice(self.pointers)
        frame = random.choice(FRAMES[:1] if level > 1 else FRAMES[:3] if level else FRAMES)
        return frame >> self.shift | random.choice(self.pages) | (self.large if level else 0)


RISCV = Draw(
    2,
    (0xDF, 0xDF, 0xCF, 0xD7, 0xD3, 0x57, 0x5F, 0x1F, 0x9F, 0xFF, 0xF7, 0xEF, 0x59, 1 << 8 | 0xDF),
    0,
    (1, 1, 1, 1, 1, 0x21),
    (0, 0xDE, 0xDF | 1 << 57, OUTSIDE >> 2 | 1, OUTSIDE >> 2 | 0xDF, TABLES[0] >> 2 | 0x41),
)
INTEL = Draw(
    0,
    (0x67, 0x67, 0x7, 0x27, 0x63, 0x65, 0x167, 0x147, 0x163, 0x3, 1 << 63 | 0x67),
    0x80,
    (7, 7, 7, 0x27, 3, 5, 1 << 63 | 7),
    (0, 0x66, 0x67 | 1 << 47, OUTSIDE | 7, OUTSIDE | 0xE7),
)
FORMATS = {  # paging: (format, how entries are drawn, who sets A and D)
    "sv39": (Riscv(3), RISCV, "svadu"),
    "sv39 svade": (Riscv(3), RISCV, "svade"),
    "sv48": (Riscv(4), RISCV, "svadu"),
    "x86-64": (X86(4), INTEL, "svadu"),
}


def a_profile(random, format):
    """A profile, its TLBs with policies that they need not have, inclusive perhaps, and keeping refusals perhaps."""
    changes = {f"tlb.{array}.policy": random.choice(ANY_WAYS) for array in ("l1i", "l1d", "l2")}
    changes["tlb.l2.inclusive"] = random.choice(("true", "false"))
    profile = Config.make(random.choice(profile_names()), overrides=changes).profile
    setting = {"negative": SettingRow(random.randrange(2), "for this test")} if format.keeps_faults else {}
    return msgspec.structs.replace(profile, setting={**profile.setting, **setting})


class Pair:
    """A machine and the model of what it may answer, both told the same."""

    def __init__(self, name, random):
        self.format, self.draw, ad = FORMATS[name]
        self.random, self.tally = random, Counter()
        self.recent, self.used = 0, ()  # the last address, the entries that the last walk read
        self.mmu = Mmu(a_profile(random, self.format), name.split()[0], memory=MEMORY, ad=ad)
        self.model = Model(self.format, MEMORY)
        self.mode = {"user": True, "svade": ad == "svade", **dict.fromkeys(self.format.switches, False)}
        for switch in self.format.switches:
            setattr(self.mmu, switch, False)
        self.places = [table + 8 * index for table in ROOTS + TABLES for index in LOW]
        self.places += [root + 8 * SIGN for root in ROOTS]
        for place in self.places:
            self.write(place, self.entry(place))
        self.enter(1, 0)

    def entry(self, place):
        """Something for this place; roots are meant to be roots, and the other tables share the levels below."""
        table = place // PAGE * PAGE
        levels = self.format.levels
        meant = {level: TABLES[n :: levels - 1] for n, level in enumerate(range(levels - 1))}
        level = next((level for level, tables in meant.items() if table in tables), levels - 1)
        return self.draw(self.random, level, meant.get(level - 1, ()))

    def write(self, place, entry):
        """Software writes an entry, and does not fence."""
        self.mmu.memory.write(place, entry)
        self.model.write(place, entry)

    def enter(self, asid, root):
        """Another address space, or another root of the same."""
        self.mmu.asid, self.mmu.root = asid, root
        self.model.enter(asid, root)

    def fence(self):
        """One of the four kinds of fence."""
        va = self.random.choice((None, self.address()))
        asid = self.random.choice((None, self.random.choice(ASIDS)))
        self.mmu.fence(va, asid)
        self.model.fence(va, asid)

    def switch(self):
        """User or supervisor, or one of the switches of the supervisor's rights: no fence is needed (F16, F32)."""
        name = self.random.choice(("user", "user", *self.format.switches))
        self.mode[name] = not self.mode[name]
        if name == "user":
            self.mmu.privilege = "user" if self.mode["user"] else "supervisor"
        else:
            setattr(self.mmu, name, self.mode[name])

    def address(self):
        """One of the addresses that the entries in use lead to, often the one before."""
        if self.random.randrange(2):
            return self.recent
        levels = self.format.levels
        indices = [self.random.choice((*LOW, SIGN)), *(self.random.choice(LOW) for _ in range(levels - 1))]
        va = 0
        for index in indices:
            va = va << 9 | index
        sign = 1 << 12 + 9 * levels if indices[0] == SIGN else 0
        self.recent = (va << 12 | self.random.choice((0, 8, 0xFF8))) - sign
        return self.recent

    def access(self):
        """An access: its answer, and what it did to memory, must be allowed."""
        va, access = self.address(), self.random.choice(ACCESSES)
        allowed = self.model.allowed(va, access, self.mode)
        out = self.mmu.translate(va, access)
        answer = out.pa if out.fault is None else self.fault(out)
        changes = self.changes()
        effects = {effect for found, effect in allowed if found == answer}
        assert effects, f"{access} at {va:#x}: {out}, allowed: {sorted(map(str, allowed))}"
        held = None in effects or any(self.model.memory.get(place, 0) == entry for place, entry in effects)
        assert held, f"{access} at {va:#x}: {out} without {effects}"
        if isinstance(self.format, Riscv):
            assert set(changes.items()) <= effects, f"{access} at {va:#x} wrote {changes}, allowed: {effects}"
        elif out.fault is not None:
            self.model.fence(va, self.model.asid)  # the entry that refused is gone (F40)
        self.tally["refused" if out.fault is not None else "granted"] += 1
        self.tally["one answer"] += len({found for found, _ in allowed}) == 1
        self.tally["no walk"] += not out.references
        self.used = [place for place in out.references if place in self.places] or self.used

    def fault(self, out):
        """A refusal as the format's model has it."""
        return -out.cause if isinstance(self.format, Riscv) else (out.cause, out.error)

    def changes(self):
        """What hardware has written, which the model learns; nothing but A and D may differ."""
        marks = self.format.A | self.format.D
        found = {place: self.mmu.memory.read(place) for place in self.places}
        changes = {place: entry for place, entry in found.items() if entry != self.model.memory.get(place, 0)}
        for place, entry in changes.items():
            before = self.model.memory.get(place, 0)
            assert entry & ~marks == before & ~marks
            assert entry & before == before, "hardware clears nothing (F19)"
            self.model.write(place, entry)
        return changes

    def step(self):
        """One thing at random."""
        kind = self.random.randrange(100)
        if kind < 60:
            self.access()
        elif kind < 80:
            place = self.random.choice((self.random.choice(self.places), *self.used[-1:]))
            self.write(place, self.entry(place))
        elif kind < 90:
            self.fence()
        elif kind < 95:
            self.switch()
        else:
            asid = self.random.choice(ASIDS)
            self.enter(asid, self.random.choice((ROOTS[asid - 1], ROOTS[asid - 1], *ROOTS)))


def drive(name, steps):
    """Take so many steps, on a new machine now and then; return how often what came of them."""
    tally = Counter()
    for seed in range(-(-steps // A_RUN)):
        pair = Pair(name, Random(f"{name} {seed}"))
        for number in range(A_RUN):
            try:
                pair.step()
            except AssertionError as wrong:
                raise AssertionError(f"seed {seed}, step {number}: {wrong}") from None
        tally += pair.tally
    return tally


@pytest.mark.parametrize("name", FORMATS)
def test_whatever_happens_each_answer_is_one_that_the_architecture_allows(name):
    tally = drive(name, STEPS)
    assert min(tally["granted"], tally["refused"], tally["no walk"]) > STEPS // 50, "no test of TLBs"
    print(name, dict(tally))
