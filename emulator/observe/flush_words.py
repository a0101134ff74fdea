"""What invalidations did, in words: to how much, who was told, who waited, and what it took from others."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from emulator.base.kernel_names import FlushCause
from emulator.observe.scene import cycles_of
from emulator.observe.story import plural

BITS = 32  # of a word of the field `harts`

# Causes that are not those of the event itself.
REASONS = {
    FlushCause.SWITCH: "entries missed or of other spaces dropped",
    FlushCause.ROLLOVER: "ASIDs ran out: everything dropped",
    FlushCause.SWEEP: "what was postponed is caught up with",
    FlushCause.BARRIER: "nothing to drop",
    FlushCause.HOST: "everything dropped by the host",
}


def flushed(rows: npt.NDArray[Any]) -> list[str]:
    """Return what the invalidations `rows` invalidated: nothing for none."""
    if not len(rows):
        return []
    parts = [REASONS[cause] for cause in REASONS if (rows["cause"] == cause).any()]
    own = rows[~np.isin(rows["cause"], list(REASONS))]
    pages = int(own["pages"][own["pages"] > 0].sum())
    if pages:
        parts.append(f"{plural(pages, 'page')} invalidated")
    if (own["pages"] == 0).any():
        parts.append("the whole address space invalidated")
    tables = int(own["tables"][own["cause"] != FlushCause.TABLE].sum())
    if tables:
        parts.append(plural(tables, "page table") + " given back")
    if len(own) > 1:
        parts.append(f"in {len(own)} steps")
    return parts


def told(rows: npt.NDArray[Any]) -> list[str]:
    """Return which other harts the invalidations `rows` told, what waiting for them took, and what it took of them."""
    harts = harts_of(rows)
    if not harts:
        return []
    how = "interrupted" if rows["ipis"].any() else "reached by hardware"
    parts = [f"{'hart' if len(harts) == 1 else 'harts'} {_listed(harts)} {how}"]
    if rows["wait"].any():
        parts.append(f"waited {cycles_of(int(rows['wait'].sum()))}")
    if rows["stolen"].any():
        parts.append(f"took {cycles_of(int(rows['stolen'].sum()))} from {'it' if len(harts) == 1 else 'them'}")
    return parts


def harts_of(rows: npt.NDArray[Any]) -> list[int]:
    """Return the harts that any of `rows` told, ascending."""
    if not len(rows):
        return []
    words = np.bitwise_or.reduce(rows["harts"], axis=0).tolist()
    return [word * BITS + bit for word, bits in enumerate(words) for bit in range(BITS) if bits >> bit & 1]


def _listed(numbers: list[int]) -> str:
    """Return ascending `numbers` as `1, 2, 5-9`."""
    return ", ".join(f"{first}-{last}" if last > first + 1 else _pair(first, last) for first, last in _runs(numbers))


def _pair(first: int, last: int) -> str:
    return f"{first}" if first == last else f"{first}, {last}"


def _runs(numbers: list[int]) -> Iterator[tuple[int, int]]:
    """Yield the first and the last of each run of numbers without a gap."""
    first = last = numbers[0]
    for number in numbers[1:]:
        if number > last + 1:
            yield first, last
            first = number
        last = number
    yield first, last
