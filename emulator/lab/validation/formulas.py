"""How a figure follows from the rows of its runs, which each formula calls by name."""

from collections.abc import Callable

from emulator.lab.invalidation.table import each_round
from emulator.lab.validation.figure import Rows


def direct(rows: Rows, name: str) -> float:
    """Return the cycles of invalidating in a run, of the initiator alone: its own flushes and telling others."""
    return int(rows[name]["direct"])


def cycles(rows: Rows, name: str) -> int:
    """Return all cycles of a round of a run."""
    return each_round(int(rows[name]["cycles"]), int(rows[name]["rounds"]))


def flushing(rows: Rows, name: str) -> int:
    """Return the cycles that a round spends on invalidating, waiting included."""
    return each_round(int(rows[name]["direct"]) + int(rows[name]["wait"]), int(rows[name]["rounds"]))


def ratio(over: str, under: str) -> Callable[[Rows], float]:
    """Return a figure: the cycles of one run over those of another."""
    return lambda rows: cycles(rows, over) / cycles(rows, under)


def saved(by: str, of: str) -> Callable[[Rows], float]:
    """Return a figure: by how many percent a run takes longer than another, negative where it saves."""
    return lambda rows: 100 * (cycles(rows, by) / cycles(rows, of) - 1)


def time_of(name: str) -> Callable[[Rows], float]:
    """Return a figure: the cycles of a round of a run, of which its unit makes time."""
    return lambda rows: cycles(rows, name)


def share(name: str) -> Callable[[Rows], float]:
    """Return a figure: the percentage of a run's time that invalidating takes."""
    return lambda rows: 100 * flushing(rows, name) / cycles(rows, name)


def share_of_all(name: str) -> Callable[[Rows], float]:
    """Return a figure: the percentage of all harts' time that invalidating takes, answering included."""
    return lambda rows: 100 * int(rows[name]["all.flushing"]) / int(rows[name]["all.cycles"])


def flushing_of_all(name: str) -> Callable[[Rows], float]:
    """Return a figure: the cycles that a round costs all harts for invalidating, answering included."""
    return lambda rows: int(rows[name]["all.flushing"]) / int(rows[name]["rounds"])


def per_page(few: int, many: int) -> Callable[[Rows], float]:
    """Return a figure: what each page more than `few` takes, up to `many`, of runs that are named by their pages."""
    return lambda rows: (cycles(rows, str(many)) - cycles(rows, str(few))) / (many - few)


def chased(pages: int) -> Callable[[Rows], float]:
    """Return a figure: the cycles of one load of a chase, without the instructions around it."""
    return lambda rows: (
        1 + (int(rows["it"]["cycles"]) - int(rows["it"]["cost.base"])) / (pages * int(rows["it"]["rounds"]))
    )


def per_load(rows: Rows, name: str) -> float:
    """Return the cycles of one load of the chase of a run, named by its pages, instructions left out."""
    return chased(int(name))({"it": rows[name]})


def slower(by: str, than: str) -> Callable[[Rows], float]:
    """Return a figure: how many cycles a load takes more in the chase through `by` pages than in that through fewer."""
    return lambda rows: per_load(rows, by) - per_load(rows, than)


def walks_of(name: str) -> Callable[[Rows], float]:
    """Return a figure: the page-table walks of a round of a run."""
    return lambda rows: int(rows[name]["walks"]) / int(rows[name]["rounds"])


def reach(rows: Rows) -> float:
    """Return the most pages, of runs that are named by theirs, which are gone through without a walk; 0 for none."""
    return max((int(name) for name in rows if int(rows[name]["walks"]) == 0), default=0)


def plateau(rows: Rows) -> float:
    """Return the most pages, of runs that are named by theirs, whose loads take as long as those of the fewest."""
    taken = {int(name): round(per_load(rows, name), 3) for name in rows}
    return max(pages for pages in taken if taken[pages] == taken[min(taken)])


def read_by_a_walk(name: str) -> Callable[[Rows], float]:
    """Return a figure: how many entries of page tables a walk of a run reads."""
    return lambda rows: int(rows[name]["references"]) / int(rows[name]["walks"])


def reach_of_pointers(rows: Rows) -> float:
    """Return the most pages, of runs named by theirs, of each of which a walk reads but the last entry; 0 for none."""
    return max((int(name) for name in rows if rows[name]["references"] == rows[name]["walks"]), default=0)


def of_loads(column: str, pages: int) -> Callable[[Rows], float]:
    """Return a figure: of how many percent of the loads of a run, one a page, `column` counts one."""
    return lambda rows: 100 * int(rows["it"][column]) / (pages * int(rows["it"]["rounds"]))


def beside_traps(rows: Rows) -> float:
    """Return the cycles of a round of a run but for the way into the kernel and out of it."""
    traps = int(rows["it"]["cost.trap.entry"]) + int(rows["it"]["cost.trap.return"])
    return (int(rows["it"]["cycles"]) - traps) / int(rows["it"]["rounds"])


def wasted(rows: Rows, name: str) -> int:
    """Return the cycles that an invalidation costs all harts at once: telling, waiting, and answering."""
    return flushing(rows, name) + int(rows[name]["stolen"])


def slope(rows: Rows) -> float:
    """Return the cycles that a page adds to a flush page by page."""
    return (direct(rows, "35 pages") - direct(rows, "1 page")) / 34


def bend(rows: Rows) -> float:
    """Return by how many percent 8 and 16 pages are off the straight line through 1 and 35."""
    lines = {pages: direct(rows, "1 page") + (pages - 1) * slope(rows) for pages in (8, 16)}
    return max(100 * abs(direct(rows, f"{pages} pages") / line - 1) for pages, line in lines.items())


def crossover(rows: Rows) -> float:
    """Return at how many pages flushing them costs as much as flushing all: the calls alone."""
    return 1 + (direct(rows, "all") - direct(rows, "1 page")) / slope(rows)


def break_even(rows: Rows) -> float:
    """Return at how many pages flushing them costs as much as flushing all and missing all that is used again."""
    return (direct(rows, "all") + int(rows["all"]["induced_cycles"])) / direct(rows, "1 page")


def walk(rows: Rows) -> float:
    """Return the cycles that each of 2 x 512 pages takes more when a switch has dropped its translation."""
    slower = {pages: cycles(rows, f"{pages} without") - cycles(rows, f"{pages} with") for pages in (0, 512)}
    return (slower[512] - slower[0]) / 1024


def counted(column: str, over: str, under: str) -> Callable[[Rows], float]:
    """Return a figure: what is counted of one run over that of another."""
    return lambda rows: int(rows[over][column]) / int(rows[under][column])
