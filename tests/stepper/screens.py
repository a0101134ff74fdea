"""Screens of the stepper as text. `python -m tests.stepper.screens` writes anew those that are kept; look at them."""

import asyncio
import io
from pathlib import Path

from rich.console import Console

from emulator import Machine
from emulator.stepper.app import Stepper
from emulator.stepper.walk import Walk
from isa import Program

PROGRAMS = Path(__file__).parents[2] / "programs"
KEPT = Path(__file__).parent / "screens"
SCREENS = {  # name: size, keys
    "source": ((80, 24), ["n"]),
    "registers": ((80, 24), ["n", "s", "2"]),
    "page_table": ((80, 24), ["n", "4"]),
    "frames": ((80, 24), ["n", "f", "7", "enter", "6"]),
    "all": ((150, 44), ["n", "s"]),
    "help": ((80, 24), ["question_mark"]),
    "end": ((80, 24), ["n", "n", "n"]),
}


def machine_of(name="child_writes_first", **choices):
    machine = Machine(memory="16MiB", **choices)
    machine.spawn(Program.load(PROGRAMS / f"{name}.s"), argv=[f"{name}.s"])
    return machine


def pressed(*keys, size=(80, 24), machine=None):
    """The screen after these keys, as text."""
    return asyncio.run(_pressed(machine or machine_of(), size, keys))


async def _pressed(machine, size, keys):
    app = Stepper(Walk(machine), "child_writes_first.s")
    async with app.run_test(size=size) as pilot:
        for key in keys:
            await pilot.press(key)
        await pilot.pause()
        console = Console(width=size[0], height=size[1], file=io.StringIO(), record=True, color_system=None)
        console.print(app.screen._compositor.render_update(full=True))
        return "".join(f"{line.rstrip()}\n" for line in console.export_text().splitlines())


if __name__ == "__main__":
    KEPT.mkdir(exist_ok=True)
    for name, (size, keys) in SCREENS.items():
        (KEPT / f"{name}.txt").write_text(pressed(*keys, size=size))
