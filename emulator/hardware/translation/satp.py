"""The register that says where translation begins and under which ASID (RISC-V: satp). To write it flushes nothing."""

from emulator.base.jit import hot
from emulator.hardware.checker.roots import note_root
from emulator.world.checker import OFF
from emulator.world.hart import NO_LINE


@hot
def enter_root(world, hart, root, asid_bits):
    """Let `hart` translate from the table at place `root` on, its ASID shifted into place being `asid_bits`."""
    hart.root, hart.asid_bits = root, asid_bits
    hart.fetch_line = NO_LINE
    if world.checker.on != OFF:
        note_root(world, hart)
