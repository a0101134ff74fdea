"""What an editor shows in trees: registers, the page table, TLBs, frames; each part is made when it is opened."""

from collections.abc import Callable, Iterable
from typing import Any

from emulator.debug.monitor import frame_words, page_words, tlb_words
from emulator.debug.session import Session
from emulator.state import State
from isa.registers import ABI_NAMES

WORD = (1 << 64) - 1
MOST_SHOWN = 1000  # of the pages, entries or frames in a tree

Row = dict[str, Any]


class Views:
    """The trees of one moment: `forget` them when the machine goes on."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._open: list[Callable[[], Iterable[Row]]] = []
        self._seen: State | None = None

    def forget(self) -> None:
        """Let there be no trees."""
        self._open, self._seen = [], None

    def scopes(self, tid: int) -> list[Row]:
        """Return the trees of a thread."""
        pid = self._session.control.process_of(tid)
        trees: dict[str, Callable[[], Iterable[Row]]] = {
            "Registers": lambda: self._registers(tid),
            "Page table": lambda: self._pages(pid),
            "TLBs": self._tlbs,
            "Frames": self._frames,
        }
        return [
            {"name": name, "variablesReference": self._reference(rows), "expensive": name != "Registers"}
            for name, rows in trees.items()
        ]

    def variables(self, reference: int) -> list[Row]:
        """Return what is in a tree or in a part of one; nothing for one that was forgotten."""
        if not 0 < reference <= len(self._open):
            return []
        return list(self._open[reference - 1]())

    def _reference(self, rows: Callable[[], Iterable[Row]]) -> int:
        self._open.append(rows)
        return len(self._open)

    def _state(self) -> State:
        if self._seen is None:
            self._seen = self._session.machine.state()
        return self._seen

    def _registers(self, tid: int) -> Iterable[Row]:
        pc, values = self._session.control.registers(tid)
        yield leaf("pc", f"{pc & WORD:#x}")
        for name, value in zip(ABI_NAMES, values.tolist(), strict=True):
            yield leaf(name, f"{value & WORD:#x}")

    def _pages(self, pid: int) -> Iterable[Row]:
        space = self._state().space(self._state().process(pid).space)
        for entry in list(space.root.pages())[:MOST_SHOWN]:
            yield leaf(f"{entry.va:#x}", page_words(entry))

    def _tlbs(self) -> Iterable[Row]:
        for hart in self._state().harts:
            rows = [leaf(f"{n}", tlb_words(entry)) for n, entry in enumerate(hart.entries[:MOST_SHOWN])]
            yield tree(f"hart {hart.number}", f"{len(hart.entries)} entries", self._reference(rows.copy))

    def _frames(self) -> Iterable[Row]:
        for frame in self._state().frames[:MOST_SHOWN]:
            yield leaf(f"{frame.number:#x}", "; ".join(each.strip() for each in frame_words(self._state(), frame)))


def leaf(name: str, value: str) -> Row:
    """Return a row that has nothing below it."""
    return tree(name, value, 0)


def tree(name: str, value: str, reference: int) -> Row:
    """Return a row with what `reference` stands for below it."""
    return {"name": name, "value": value, "variablesReference": reference}
