"""The page of the kernel's own code that every program with handlers has: they return to it, and it calls rt_sigreturn.

Linux maps such a page when a program begins; here it comes with the first handler, so that programs without any are as
they would be without it.
"""

import struct

from emulator.base.bits import PAGE_BYTES, A, R, U, V, X
from emulator.base.call_names import CALL_NUMBERS
from emulator.base.kernel_names import Backing, RegionKind
from emulator.base.world import World
from emulator.kernel.doors import address_spaces, entries
from emulator.kernel.programs.image import Image, OutOfFrames
from emulator.kernel.programs.layout import MMAP_TOP, USER_END
from emulator.kernel.programs.storage import OutOfStorage, Storage

PLACE = USER_END - PAGE_BYTES  # above the stack, whose page tables it shares
_LI_A7, _ECALL = 0x00000893 | CALL_NUMBERS["rt_sigreturn"] << 20, 0x00000073
CODE = struct.pack("<II", _LI_A7, _ECALL)


def map_into(world: World, hart: int, space: int, image: Image, storage: Storage) -> int:
    """Return where the page is now in `space`, which runs `image`. Raises OutOfFrames, nothing changed."""
    start = PLACE
    if not address_spaces.is_free(world, space, start, start + PAGE_BYTES):
        start = int(address_spaces.find_gap(world, space, PAGE_BYTES, MMAP_TOP))
    try:
        place = image.kernel_page(world, hart, CODE, storage)
    except OutOfStorage:
        raise OutOfFrames from None
    region = (R | X, RegionKind.VDSO.value, Backing.IMAGE.value, place)
    if not start or not address_spaces.add_region(world, space, start, start + PAGE_BYTES, *region):
        raise OutOfFrames
    entries.map_page(world, hart, space, start, int(world.frame["cached"][place // PAGE_BYTES]), V | U | A | R | X)
    return start
