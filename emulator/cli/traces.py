"""`--trace FILE`: how a run has to be run for it, and what is written after it."""

import os
from typing import TYPE_CHECKING, Any

from emulator.base.errors import EmulatorError, shown
from emulator.cli.places import writing
from emulator.cli.runs import Runs, straight
from emulator.observe.trace import is_timeline

if TYPE_CHECKING:
    from emulator.result import Result
    from emulator.timeline import Sampler


class Tracing:
    """Writes the trace of one run to `path`, if there is one, as its suffix says.

    Raises EmulatorError where `path` is a timeline and `html` a page: each has its own way to run the machine.
    """

    def __init__(self, path: str | None, html: str | None = None) -> None:
        self._path = path
        self._sampler: Sampler | None = None
        if path is not None and is_timeline(path):
            if html is not None:
                raise EmulatorError(
                    f"--trace {shown(path)}: is not made together with --html; one after the other they show one run"
                )
            from emulator.timeline import Sampler as Samples

            self._sampler = Samples()

    @property
    def options(self) -> dict[str, Any]:
        """What the machine is to keep beside its events."""
        return {} if self._sampler is None else {"intervals": True}

    @property
    def runs(self) -> Runs:
        """What runs the machine."""
        return straight if self._sampler is None else self._sampler.run

    def write(self, result: "Result") -> None:
        """Write the trace. Raises EmulatorError where that fails."""
        if self._path is None:
            return
        with writing(self._path) as file:
            if self._sampler is None:
                from emulator.observe.trace import write_trace

                write_trace(result.events, file, os.path.splitext(self._path)[1])
            else:
                from emulator.timeline import write_timeline

                write_timeline(result, self._sampler, file)
