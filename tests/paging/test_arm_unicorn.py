"""arm64 against Unicorn: random tables, modes, accesses; exception class, status code and level, address, place.

Unicorn (QEMU 5) sets neither AF nor dirty state, so it stands beside `svade`; and it takes a block at the manual's
level 0 for one, which the manual does not (D8.3.1): it is not asked. Both are in test_arm_walker.py.
"""

import os
import random

import pytest

from emulator import Mmu
from tests.paging.arm_vectors import Places, some_vector

pytest.importorskip("unicorn", reason="not installed: unicorn")

from tests.paging.arm_processor import DATA, MARK, MEMORY, ROOT, TABLES, Processor

pytestmark = pytest.mark.oracle

COUNT = int(os.environ.get("PAGEWALK_VECTORS", "6000"))
PLACES = Places(TABLES, DATA, MEMORY)
WNR_AND_STATUS = 0x7F


def ask_mmu(mmu, vector, places):
    """Class, status with WnR, address and place, as the Mmu has them."""
    for place, descriptor in zip(places, vector.descriptors, strict=True):
        mmu.memory.write(place, descriptor)
    mmu.fence()
    mmu.privilege = "user" if vector.user else "supervisor"
    mmu.pan, mmu.wxn = vector.switches["pan"], vector.switches["wxn"]
    out = mmu.translate(vector.va, vector.access)
    assert [mmu.memory.read(place) for place in places] == list(vector.descriptors)
    return out.cause, out.error, out.tval, out.pa


def ask_processor(processor, vector, places, stored):
    """The same as Unicorn has it; a store is looked for at `stored`."""
    for place, descriptor in zip(places, vector.descriptors, strict=True):
        processor.write(place, descriptor)
    faulted, value = processor.access(vector.va, vector.access, vector.user, vector.switches)
    if faulted:
        syndrome, address = processor.exception()
        return syndrome >> 26, syndrome & WNR_AND_STATUS, address, None
    if vector.access == "store":
        found = stored is not None and processor.read(stored) == MARK
        if found:
            processor.uc.mem_write(stored, processor.data(stored >> 4))
        return None, None, None, stored if found else "elsewhere"
    if vector.access == "load":
        return None, None, None, ((value >> 5 & 0xFFFF) | (value >> 37 & 0xFFFF) << 16) << 4
    return None, None, None, (value & 0xFFFFFFFF) << 4


def test_random_translations_end_as_they_do_on_unicorn():
    rng, processor = random.Random("arm64"), Processor()
    mmu = Mmu(paging="arm64", memory=MEMORY, ad="svade")
    mmu.root = ROOT
    reached = set()
    for _ in range(COUNT):
        vector = some_vector(rng, PLACES, highest=2)
        places = PLACES.of(vector.va)
        ours = ask_mmu(mmu, vector, places)
        theirs = ask_processor(processor, vector, places, ours[3])
        assert ours == theirs, [*map(hex, (vector.va, *vector.descriptors)), *vector[2:]]
        reached.add(ours[:2])
    status = {error & 0x3F for cause, error in reached if cause is not None}
    assert status >= {4, 5, 6, 7, 9, 10, 11, 13, 14, 15}  # translation, access flag, permission, at every level
    assert {cause for cause, _ in reached} == {None, 0x20, 0x21, 0x24, 0x25}
