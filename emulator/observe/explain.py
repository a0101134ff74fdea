"""The story of a run: one paragraph for each fault, one line for each system call, fork, exec, exit, signal and switch.

    fault 3   store   pid 2   child_writes_first.s:31   sd t3, 8(t1)   va 0x3fb7a008
      tlb      L1 hit, frame 0x214, r--uad
      check    a write to a read-only page: WRITE_PROTECTED (cause 15, F15)
      region   0x3fb7a000-0x3fb84000 rw- private anonymous: supposed to be writable
      frame    0x214 has 2 owners (pid 1, pid 2): copy
      done     0x214 -> 0x231, 4096 bytes copied; PTE r--uad -> rw-uad; 1 page invalidated
      harts    hart 1 interrupted, waited 1,900 cycles, took 1,200 cycles of theirs
      cost     3814 cycles: trap 130, region 60, alloc 90, copy 1300, pte 34, flush 120, tell 1,900, return 180
      restart  line 31 runs again: TLB miss, walk of 3 reads, stored

The rows follow the road of a fault (F2, F3): what the hardware found, what the kernel decided and why, what it did, and
that the same instruction ran again. The words stand in `story`. What comes again and again is told once, with a count
(`pieces`). Stale TLB entries that were used come last (`stale`), and then where every cycle went (`where`).
"""

from collections.abc import Iterator

import numpy as np
from rich.console import RenderableType
from rich.text import Text

from emulator.observe import story
from emulator.observe.line import again, line
from emulator.observe.paragraph import paragraph
from emulator.observe.pieces import Again, Piece, pieces_of
from emulator.observe.report import costs_table, headline, process_table
from emulator.observe.scene import Scene
from emulator.observe.stale import stale_uses
from emulator.observe.story import plural
from emulator.observe.where import where_by_hart, where_table
from emulator.result import Result


def explain(result: Result, limit: int | None = None, fold: bool = True, head: str = "") -> Iterator[RenderableType]:
    """Yield the story of `result` piece by piece, then its processes, where its cycles went, and its costs.

    At most `limit` paragraphs and lines are told; a last line says how many are left. The tables are always whole.
    Without `fold` every repetition is told in full. `head` comes before all.
    """
    if head:
        yield Text(head, style="dim")
        yield Text()
    yield from _pieces(result, limit, fold)
    for text in stale_uses(result):
        yield text
        yield Text()
    yield Text(headline(result), style="bold")
    yield Text()
    yield process_table(result)
    yield Text()
    yield where_table(result)
    if len(result.per_hart) > 1:
        yield Text()
        yield where_by_hart(result)
    yield Text()
    yield costs_table(result)


def _pieces(result: Result, limit: int | None, fold: bool) -> Iterator[Text]:
    """Yield paragraphs and lines, paragraphs between empty ones."""
    scene = Scene.of(result)
    is_fault = np.isin(result.events["kind"], list(story.OUTCOMES))
    numbers = np.cumsum(is_fault)
    told = left = 0
    ended, in_paragraph = True, False  # whether the story stands after an empty line; whether it ends in a paragraph
    for piece in pieces_of(result, fold):
        if limit is not None and told >= limit:
            left += isinstance(piece, Piece) or piece.times
            continue
        if isinstance(piece, Again):
            yield again(scene, piece)
            continue
        told += 1
        place = piece.events[0]
        if not ended and (in_paragraph or is_fault[place]):
            yield Text()
        ended, in_paragraph = False, bool(is_fault[place])
        yield paragraph(scene, place, int(numbers[place])) if in_paragraph else line(scene, piece)
    if not ended:
        yield Text()
    if left:
        yield Text(f"{plural(left, 'more event')} not told: --limit {limit}", style="dim")
        yield Text()


def quoted_output(result: Result) -> Iterator[Text]:
    """Yield what the program wrote, each line behind a bar, so that it cannot be taken for the story."""
    for name in ("stdout", "stderr"):
        text = getattr(result, name)
        if text:
            yield Text(f"\n{name}", style="bold")
            yield Text("\n".join(f"  | {part}" for part in text.splitlines()))
