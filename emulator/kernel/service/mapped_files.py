"""Files that become shorter: whoever maps what they lose maps it no more."""

from emulator.base.kernel_names import Backing, FlushCause
from emulator.base.world import World
from emulator.kernel.programs.layout import USER_END
from emulator.kernel.service.spaces import Spaces


def forget(world: World, spaces: Spaces, root: int, first: int) -> None:
    """Unmap, in all address spaces, the pages of the file at `root` from offset `first` on, copies of them included.

    The regions stay, and an access to such a page ends in SIGBUS (Linux, unmap_mapping_range).
    """
    for space in range(int(world.pool.spaces)):
        if world.space[space].users == 0:
            continue
        for piece in spaces.pieces(space, 0, USER_END):
            if piece.backing == Backing.FILE and piece.object == root:
                start = piece.start + max(first - piece.object_offset, 0)
                if start < piece.end:
                    spaces.discard(space, start, piece.end, FlushCause.TRUNCATE)
