"""The MMU against the reference walker, on the vectors that Spike is asked: entries of 4 and 8 bytes, extensions."""

import random

import pytest

from emulator import Mmu
from tests.hardware.translation.vectors import BASE, MXR, PAGE, SHAPES, SUM, SUPERVISOR, TABLES, some_vector
from tests.model.walker import Mode, Refused, walk

COUNT, MEMORY = 1000, 16 << 20
KINDS = [*((paging, "none") for paging in SHAPES), *((paging, "svnapot+svpbmt") for paging in ("sv39", "sv48", "sv57"))]


@pytest.mark.parametrize(("paging", "extensions"), KINDS)
@pytest.mark.parametrize("ad", ["svade", "svadu"])
def test_random_translations_end_as_they_do_on_the_reference_walker(paging, ad, extensions):
    shape, extended, rng = SHAPES[paging], extensions != "none", random.Random(f"{paging} {ad}")
    mmu = Mmu(paging=paging, memory=MEMORY, memory_base=BASE, ad=ad, extensions=extensions)
    mmu.root = TABLES + PAGE * (shape.levels - 1)
    for _ in range(COUNT):
        vector = some_vector(rng, shape, extended)
        words = {shape.place(vector.va, level): entry for level, entry in enumerate(vector.ptes)}
        for place, entry in words.items():
            mmu.memory.write(place, entry, shape.width)
        mmu.fence()
        user, sum_, mxr = not vector.bits & SUPERVISOR, bool(vector.bits & SUM), bool(vector.bits & MXR)
        mmu.privilege, mmu.sum, mmu.mxr = "user" if user else "supervisor", sum_, mxr
        mode = Mode(shape.levels, user, sum_, mxr, ad == "svade", shape.index_bits, shape.width, extended)
        cause = pa = None
        try:
            pa = walk(words, BASE, MEMORY, mmu.root, vector.va, vector.access, mode)
        except Refused as refused:
            (cause,) = refused.args
        out = mmu.translate(vector.va, vector.access, 4)
        assert (out.pa, out.cause) == (pa, cause), vector
        assert {place: mmu.memory.read(place, shape.width) for place in words} == words, vector
        for place in words:
            mmu.memory.write(place, 0, shape.width)
