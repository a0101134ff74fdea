"""arm64 against the reference walker: random tables, with hardware that sets AF and dirty state, and without."""

import random

import pytest

from emulator import Mmu
from tests.model.arm64 import Mode, Refused, walk
from tests.paging.arm_vectors import LEVELS, PAGE, Places, some_vector

MEMORY = 16 << 20
PLACES = Places(0x20000, 4 << 20, MEMORY)
ROOT = PLACES.tables + (LEVELS - 1) * PAGE
CODES = {"translation": 4, "access flag": 8, "permission": 12}
WNR = 1 << 6
COUNT = 3000


def expected(words, vector, hardware):
    """Place and status with WnR of an access, on the reference walker."""
    mode = Mode(vector.user, vector.switches["pan"], vector.switches["wxn"], hardware)
    try:
        return walk(words, 0, MEMORY, ROOT, vector.va, vector.access, mode), None
    except Refused as refused:
        what, level = refused.args
        status = 0x10 if what == "external" else CODES[what] + level
        return None, status | (WNR if vector.access == "store" else 0)


@pytest.mark.parametrize("ad", ["svade", "svadu"])
def test_random_translations_end_as_they_do_on_the_reference_walker(ad):
    rng = random.Random(ad)
    mmu = Mmu(paging="arm64", memory=MEMORY, ad=ad)
    mmu.root = ROOT
    for _ in range(COUNT):
        vector = some_vector(rng, PLACES)
        words = dict(zip(PLACES.of(vector.va), vector.descriptors, strict=True))
        for place, descriptor in words.items():
            mmu.memory.write(place, descriptor)
        mmu.fence()
        mmu.privilege = "user" if vector.user else "supervisor"
        mmu.pan, mmu.wxn = vector.switches["pan"], vector.switches["wxn"]
        told = [*map(hex, (vector.va, *vector.descriptors)), *vector[2:]]
        wanted = expected(words, vector, ad == "svadu")
        out = mmu.translate(vector.va, vector.access)
        assert (out.pa, out.error) == wanted, told
        assert {place: mmu.memory.read(place) for place in words} == words, told
