"""What a machine holds of the host's memory goes with it, not when Python next looks for circles of references."""

import gc
import weakref
from pathlib import Path

import pytest

from emulator import Machine
from isa import Program

PROGRAMS = Path(__file__).parents[2] / "programs"


@pytest.mark.both_engines
@pytest.mark.parametrize("name", ["child_writes_first", "threads_share_memory"])
def test_a_machine_that_nobody_holds_is_gone_at_once(name):
    machine = Machine(harts=2, memory="16MiB")
    machine.spawn(Program.load(PROGRAMS / f"{name}.s"))
    machine.run()
    state = weakref.ref(machine.world.records)
    gc.collect()
    gc.disable()
    try:
        del machine
        assert state() is None
    finally:
        gc.enable()
