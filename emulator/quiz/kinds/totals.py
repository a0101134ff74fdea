"""How many pages a run copies, how many one that copies at fork, and what is left behind."""

from collections.abc import Iterator

import numpy as np

from emulator.base.names import Event
from emulator.observe.story import plural
from emulator.quiz.draft import Draft, Wrong
from emulator.quiz.kinds.walks import said
from emulator.quiz.runs import Runs
from emulator.result import Result

EAGER = "eager"


def copied(result: Result) -> int:
    """Return how many pages a run has copied, at fork or afterwards."""
    return result.counters["cow.copies"] + result.counters["fork.eager_copies"]


def numbers(*choices: tuple[str, int]) -> tuple[Wrong, ...]:
    """Return wrong answers that are numbers of pages."""
    return tuple(Wrong(why, pages(count)) for why, count in choices)


def pages(count: int) -> str:
    """Return `2 pages.`, `None.`"""
    return said(count, "page")


def in_all(runs: Runs) -> Iterator[Draft]:
    """Yield how many pages this run copies, if it forks and shares."""
    counters = runs.result.counters
    shared = counters["fork.write_protected"]
    if not shared:
        return
    count = copied(runs.result)
    yield Draft(
        key="copies",
        text="How many pages are copied in the whole run?",
        right=pages(count),
        wrong=numbers(
            ("last-copies", count + counters["cow.reuses"]),
            ("fork-copies", shared + counters["fork.eager_copies"]),
            ("never-copied", 0),
            ("both-copy", 2 * count),
        ),
        because=f"fork copied {counters['fork.eager_copies']} and made {plural(shared, 'PTE')} read-only; of the "
        f"stores that faulted then, {counters['cow.copies']} led to a copy and {counters['cow.reuses']} to a re-use.",
        rule="F3",
    )


def eager(runs: Runs) -> Iterator[Draft]:
    """Yield how many pages a run with `--fork eager` copies, if this one does something else."""
    if not runs.result.counters["fork.count"] or runs.result.settings["fork"] == EAGER:
        return
    there, here = copied(runs.eager), copied(runs.result)
    if runs.eager.ended != runs.result.ended:
        return
    yield Draft(
        key="eager",
        text="The same run with `--fork eager`, which copies at fork: how many pages are copied in all?",
        right=pages(there),
        wrong=numbers(
            ("eager-needed", here),
            ("both-copy", 2 * there),
            ("never-copied", 0),
            ("last-copies", there + here),
        ),
        because=f"With `--fork eager` {runs.eager.counters['fork.eager_copies']} pages were copied at fork and "
        f"{runs.eager.counters['cow.copies']} at stores; this run copied {here}.",
        rule="F8",
    )


def before_exec(runs: Runs) -> Iterator[Draft]:
    """Yield how many pages a forked process copies until it runs another program."""
    events = runs.result.events
    kinds, pids = np.asarray(events["kind"]), np.asarray(events["pid"])
    for fork in np.flatnonzero((kinds == Event.FORK) & (np.asarray(events["pages"]) > 0)).tolist():
        child, shared = int(events[fork]["value"]), int(events[fork]["pages"])
        execs = np.flatnonzero((kinds == Event.EXEC) & (pids == child))
        if not len(execs):
            continue
        count = int(((kinds == Event.COPY) & (pids == child))[: execs[0]].sum())
        yield Draft(
            key=f"exec {child}",
            text=f"pid {child} is forked and later runs another program. How many pages of its parent's memory has it "
            "copied by the time that program begins?",
            right=pages(count),
            wrong=numbers(
                ("exec-copies", count + shared),
                ("fork-copies", shared),
                ("never-copied", 0),
                ("exec-copies", count + 1),
            ),
            because=f"fork made {plural(shared, 'page')} read-only; until its exec the process stored to "
            f"{count} of them.",
            rule="F5",
            event=int(execs[0]),
            quoted=int(execs[0]),
        )


def left(runs: Runs) -> Iterator[Draft]:
    """Yield how many frames are still in use when all processes have ended."""
    result = runs.result
    if result.ended != "exit" or not copied(result):
        return
    yield Draft(
        key="left",
        text="All processes have ended. How many of the pages that they had are still in use?",
        right=pages(result.counters["frames.leaked"]),
        wrong=numbers(
            ("exit-leaves", copied(result)),
            ("shared-lost", result.counters["fork.write_protected"] or 2 * copied(result)),
            ("shared-lost", result.counters["fork.count"]),
        ),
        because=f"{result.counters['frames.freed']} frames were given back, the page tables among them; in use is what "
        "was in use at boot.",
        rule="F68",
    )
