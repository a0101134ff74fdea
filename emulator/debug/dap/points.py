"""Where an editor wants a run to stop: lines and labels, in whatever process runs their program; events."""

from emulator.base.errors import EmulatorError
from emulator.debug.monitor import number_of
from emulator.debug.session import Session
from emulator.debug.sources import Sources
from isa import Program

PTE = "pte"


class Points:
    """The breakpoints of one editor."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._lines: dict[str, list[int]] = {}
        self._labels: list[str] = []
        self._events: list[str] = []  # of function breakpoints
        self._kinds: list[str] = []
        self._sources: dict[int, Sources] = {}  # by image

    def set_lines(self, path: str, lines: list[int]) -> list[bool]:
        """Stop at `lines` of a file, and at no others of it; return of each whether an instruction comes from it."""
        self._lines[path] = lines
        programs = self._programs()
        return [any(self._addresses_of(image, path, line) for image in programs) for line in lines]

    def set_names(self, names: list[str]) -> list[str]:
        """Stop at these labels and events, and at no others; return of each "", or why that cannot be."""
        self._labels, self._events, told = [], [], []
        for name in names:
            if any(name in program.symbols for program in self._programs().values()):
                self._labels.append(name)
                told.append("")
            else:
                told.append(self._try(name))
                if not told[-1]:
                    self._events.append(name)
        self._wish()
        return told

    def set_kinds(self, kinds: list[str]) -> list[str]:
        """Stop after events of these kinds, and of no others; return of each "", or why that cannot be."""
        told = [self._try(kind) for kind in kinds]
        self._kinds = [kind for kind, message in zip(kinds, told, strict=True) if not message]
        self._wish()
        return told

    def apply(self) -> None:
        """Let every process that runs by now stop where it should."""
        session = self._session
        session.breakpoints = set()
        for pid, process in session.processes().items():
            for va in self._addresses(process.image.number, process.image.program):
                session.add_breakpoint(pid, va)

    def _addresses(self, image: int, program: Program) -> set[int]:
        found = {program.symbols[name] for name in self._labels if name in program.symbols}
        for path, lines in self._lines.items():
            for line in lines:
                found.update(self._addresses_of(image, path, line))
        return found

    def _addresses_of(self, image: int, path: str, line: int) -> list[int]:
        if image not in self._sources:
            self._sources[image] = Sources(self._programs()[image])
        return self._sources[image].addresses(path, line)

    def _programs(self) -> dict[int, Program]:
        return {image.number: image.program for image in self._session.machine.core.images.all}

    def _wish(self) -> None:
        self._session.wishes.clear()
        for name in (*self._events, *self._kinds):
            self._add(name)

    def _try(self, name: str) -> str:
        """Return "" where `name` can be wished for, else why not."""
        try:
            self._add(name)
        except EmulatorError as error:
            return error.message
        return ""

    def _add(self, name: str) -> None:
        if name.startswith(f"{PTE} "):
            self._session.wishes.add_pte(self._session.halt.pid, number_of(name.removeprefix(PTE).strip()))
        else:
            self._session.wishes.add_kind(name)
