"""Where somebody who steps through a run stands, and how they get from there to elsewhere: no screen is needed."""

from collections.abc import Callable

from emulator.base.errors import ConfigError, EmulatorError
from emulator.machine import Control, Machine, Now
from emulator.machine.kinds import FAULTS

FAR, PLAIN_FAR = 10_000_000, 100_000  # instructions that `next_fault` runs at most: a second or two


class Walk:
    """Walks in the time of `machine`, from its beginning. Each move returns what is to be said of it, "" for nothing.

    A move that is not possible changes nothing and says why. Raises ConfigError where no history can be kept.
    """

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        self._control = Control(machine)
        machine.goto(instruction=0)

    @property
    def now(self) -> Now:
        """Where the machine stands."""
        return self.machine.now

    def step(self) -> str:
        """Go on for one instruction."""
        here = self.now
        return "" if self.machine.step() != here else "the run is over"

    def back(self) -> str:
        """Go back by one instruction."""
        return self._tried(self.machine.back)

    def next_fault(self) -> str:
        """Go on to the next fault, or to the end."""
        far = FAR if self.machine.world.image else PLAIN_FAR
        self._control.events = FAULTS
        try:
            why = self._control.run(far).why
        finally:
            self._control.events = ()
        return {
            "event": "",
            "limit": f"no fault in {far:,} instructions; n goes on",
            "blocked": "no fault comes: each thread that is left waits for ever",
        }.get(why, "no fault comes: the run is over")

    def previous_fault(self) -> str:
        """Go back to the last fault before."""
        return "" if self.machine.previous("fault") else "there is no fault before this"

    def go_to(self, words: str) -> str:
        """Go to an instruction, `120`, or an event, `event 6`; events are numbered as they are told, from 1."""
        *kind, number = words.lower().split() or [""]
        if not number.isdecimal() or kind not in ([], ["event"], ["e"], ["instruction"], ["i"]):
            return f"'{words}' is no place; 120 is one, an instruction, and event 6"
        if kind and kind[0].startswith("e"):
            return self._tried(lambda: self.machine.goto(event=int(number)))
        return self._tried(lambda: self.machine.goto(instruction=int(number)))

    def read(self, pid: int, va: int, size: int) -> bytes | None:
        """Return `size` bytes of a process's memory, None where there are none."""
        try:
            return self._control.read(pid, va, size)
        except ConfigError:
            return None

    @staticmethod
    def _tried(move: Callable[[], object]) -> str:
        try:
            move()
        except EmulatorError as error:
            return error.message
        return ""
