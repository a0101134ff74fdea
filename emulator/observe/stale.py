"""What the stale-entry checker found: a paragraph for each TLB entry that was used but should have been dropped.

stale use   hart 2   load   prog.s:31   ld t1, 8(s0)   va 0x3fb7a008
  when     cycle 41,203, 3,103 cycles after its PTE was changed; used 4 times
  change   hart 0, munmap, prog.s:52   ecall: PTE rw-uad -> not present
  mistake  no flush has reached the entry
  flush    never reached hart 2
  frame    0x214 had been handed out again: a security bug
"""

from collections.abc import Iterator
from typing import Any

from rich.text import Text

from emulator.base.kernel_names import MISTAKES, FlushCause, Mistake
from emulator.base.names import Access
from emulator.observe.place import place_of
from emulator.observe.story import ACCESSES, address, flags_of, plural
from emulator.result import Result

LABEL_WIDTH = 9
SEPARATOR = "   "
STEPS: dict[int, str] = {
    FlushCause.COPY: "a copy-on-write fault",
    FlushCause.REUSE: "a write fault of a page's last owner",
    FlushCause.FILL: "a write to the page of zeros",
    FlushCause.UPGRADE: "a fault that granted more",
    FlushCause.UNMAP: "munmap",
    FlushCause.REPLACE: "mmap in its place",
    FlushCause.PROTECT: "mprotect",
    FlushCause.FORK: "fork",
    FlushCause.DISCARD: "madvise",
    FlushCause.SPLIT: "the split of a huge page",
    FlushCause.COLLAPSE: "small pages made a huge one",
    FlushCause.TRUNCATE: "a file made shorter",
    FlushCause.TABLE: "a shared page table made one's own",
    FlushCause.MOVE: "mremap",
    FlushCause.EXIT: "the end of the address space",
}
FRAMES = (
    "{frame} was still held",
    "{frame} had been given back: a security bug",
    "{frame} had been handed out again: a security bug",
)


def stale_uses(result: Result) -> Iterator[Text]:
    """Yield a paragraph for each row of `result.stale`."""
    for row in result.stale:
        yield paragraph(result, row)
    told = int(result.stale["uses"].sum()) if len(result.stale) else 0
    left = result.counters["stale.uses"] - told
    if left > 0:
        yield Text(f"{plural(left, 'more stale use')} not told", style="dim")


def paragraph(result: Result, row: Any) -> Text:
    """Return what is known of one entry's use."""
    where = place_of(_program(result, int(row["image"])), int(row["pc"]))
    title = ("stale use", f"hart {row['hart']}", ACCESSES[Access(int(row["access"]))], where.where, where.text)
    text = Text()
    text.append(SEPARATOR.join([*filter(None, title), f"va {address(int(row['va']))}"]), style="bold red")
    for label, words in _rows(result, row).items():
        text.append(f"\n  {label.ljust(LABEL_WIDTH)}", style="dim")
        text.append(words)
    return text


def _rows(result: Result, row: Any) -> dict[str, str]:
    frame = address(int(row["frame"]))
    often = f"; used {row['uses']:,} times" if row["uses"] > 1 else ""
    mistake = MISTAKES[Mistake(int(row["kind"]))]
    if row["writer_hart"] < 0:
        return {"when": f"cycle {row['cycle']:,}{often}", "change": "no longer known: too many others came after it"}
    writer = place_of(_program(result, int(row["writer_image"])), int(row["writer_pc"]))
    step = STEPS.get(int(row["cause"]), "no invalidation")
    by = ", ".join(filter(None, (step, f"{writer.where} {writer.text}".strip())))
    before, after = (flags_of(result.rights_of(row[name])) for name in ("pte_before", "pte_after"))
    if row["kind"] == Mistake.OLD_POINTER:
        before = "pointer"
    change = f"PTE {before} -> {after}"
    if row["kind"] == Mistake.WRITTEN_OVER:
        return {"when": f"cycle {row['cycle']:,}", "mistake": mistake, "change": f"hart {row['hart']}'s walk: {change}"}
    reached = "had not yet reached" if row["late"] else "never reached"
    return {
        "when": f"cycle {row['cycle']:,}, {row['window']:,} cycles after its PTE was changed{often}",
        "change": f"hart {row['writer_hart']}, {by}: {change}",
        "mistake": mistake,
        "flush": f"{reached} hart {row['hart']}",
        "frame": FRAMES[int(row["freed"])].format(frame=frame),
    }


def _program(result: Result, image: int) -> Any:
    return result.images[image] if 0 <= image < len(result.images) else None
