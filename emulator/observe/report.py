"""The account of a run: counters, costs and processes as tables for people and as JSON for programs."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from emulator.base.names import COSTS, COUNTERS, Event, Row
from emulator.config.schema import Profile
from emulator.observe.story import OUTCOMES, SIGNALS
from emulator.result import ProcessReport, Result


def statistics(result: Result) -> Group:
    """Return what `run --stats` shows: counters, costs, and, of more than one process, how each ended."""
    zero = ", ".join(row.name for row in COUNTERS if not result.counters.get(row.name, 0))
    parts: list[RenderableType] = [
        Text(headline(result), style="bold"),
        Text(),
        counters_table(result),
        Text(f"0: {zero}", style="dim"),
        Text(),
        costs_table(result),
    ]
    if len(result.processes) > 1:
        parts += [Text(), process_table(result)]
    return Group(*parts)


def headline(result: Result) -> str:
    """Return a run's length in one line."""
    per_instruction = f", {result.cycles / result.instructions:.2f} cycles each" if result.instructions else ""
    return f"{result.instructions:,} instructions in {result.cycles:,} cycles{per_instruction}"


def counters_table(result: Result) -> Table:
    """Return the counters that are not 0, by group."""
    table = _table("counter", ">count", "what it counts")
    group = ""
    for row in COUNTERS:
        value = result.counters.get(row.name, 0)
        if value == 0:
            continue
        if group and row.name.split(".")[0] != group:
            table.add_section()
        group = row.name.split(".")[0]
        table.add_row(row.name, f"{value:,}", row.meaning)
    return table


def costs_table(result: Result) -> Table:
    """Return the costs that are not 0 with their share of all cycles; they sum to the last row."""
    table = _table("cost", ">cycles", ">share", "what took them")
    total = sum(result.costs.values())
    for row in COSTS:
        cycles = result.costs.get(row.name, 0)
        if cycles:
            table.add_row(row.name, f"{cycles:,}", _share(cycles, total), row.meaning)
    table.add_section()
    table.add_row("all", f"{total:,}", _share(total, total), "cycles")
    return table


def process_table(result: Result) -> Table:
    """Return each process: parent, program, how it ended and, where events were recorded, its faults."""
    recorded = len(result.events) > 0
    counted = (">faults", ">copies", ">re-uses") if recorded else ()
    table = _table(">pid", ">parent", "program", *counted, "ended")
    for process in result.processes:
        faults = _faults_of(process.pid, result) if recorded else ()
        table.add_row(
            str(process.pid),
            str(process.parent) if process.parent else "-",
            program_name(result, process.image),
            *map(str, faults),
            ending_of(process),
        )
    return table


def _faults_of(pid: int, result: Result) -> tuple[int, int, int]:
    """Return how many faults, copies and re-uses the events give process `pid`."""
    kinds = [int(kind) for kind in result.events["kind"][result.events["pid"] == pid]]
    faults = sum(kind in OUTCOMES for kind in kinds)
    return faults, kinds.count(Event.COPY), kinds.count(Event.REUSE)


def ending_of(process: ProcessReport) -> str:
    """Return how a process ended, in words."""
    if process.signal is not None:
        name = SIGNALS[process.signal].name if process.signal in SIGNALS else "signal"
        return f"killed by {name} ({process.signal})"
    return "did not end" if process.status is None else f"status {process.status}"


def program_name(result: Result, image: int) -> str:
    """Return the file name of a program of the run, without its folders."""
    if not 0 <= image < len(result.images):
        return "?"
    program = result.images[image]
    return (program.path or program.name or "program").rsplit("/", 1)[-1]


def profile_list(profiles: list[Profile]) -> Table:
    """Return the profiles, one row each."""
    table = _table("profile", ">GHz", "what it is")
    for profile in profiles:
        table.add_row(profile.name, f"{profile.clock_ghz:g}", profile.summary)
    return table


def profile_table(profile: Profile) -> Table:
    """Return every figure of `profile` under the key that `--set` takes, with its source."""
    table = _table("key", "value", "source")
    group = ""
    for key, value, source in _figures(profile):
        if group and key.split(".")[0] != group:
            table.add_section()
        group = key.split(".")[0]
        table.add_row(key, value, source)
    return table


def _figures(profile: Profile) -> Iterator[tuple[str, str, str]]:
    yield "clock_ghz", f"{profile.clock_ghz:g}", "what turns cycles into time"
    for name in profile.tlb.__struct_fields__:
        array = getattr(profile.tlb, name)
        if array is None:
            yield f"tlb.{name}", "in l2", "2 MiB pages share l2"
        elif array.entries == 0:
            yield f"tlb.{name}", "none", array.source
        else:
            yield f"tlb.{name}", f"{array.entries} entries, {array.ways} ways", array.source
    for name in profile.cache.__struct_fields__:
        cache = getattr(profile.cache, name)
        yield f"cache.{name}", f"{cache.size}, {cache.ways} ways, {cache.latency} cycles", cache.source
    yield "dram.latency", f"{profile.dram.latency} cycles", profile.dram.source
    yield "bulk.overlap", f"{profile.bulk.overlap} misses", profile.bulk.source
    for name, row in profile.price.items():
        yield f"price.{name}", f"{row.cycles} cycles", row.source


def as_json(result: Result) -> str:
    """Return the account as JSON: every counter and cost, in the order of their tables, zeros included."""
    return json.dumps(account(result), indent=2) + "\n"


def account(result: Result) -> dict[str, Any]:
    """Return the account of `result` as plain dictionaries and lists."""
    return {
        "exit_status": result.exit_status,
        "ended": result.ended,
        "settings": dict(sorted(result.settings.items())),
        "counters": _in_order(COUNTERS, result.counters),
        "costs": _in_order(COSTS, result.costs),
        "harts": [
            {"counters": _in_order(COUNTERS, counters), "costs": _in_order(COSTS, costs)}
            for counters, costs in result.per_hart
        ],
        "processes": [
            {
                "pid": process.pid,
                "parent": process.parent,
                "program": program_name(result, process.image),
                "status": process.status,
                "signal": process.signal,
            }
            for process in result.processes
        ],
        "stdout": result.stdout,
        "stderr": result.stderr,
    }


def _in_order(rows: tuple[Row, ...], values: Mapping[str, int]) -> dict[str, int]:
    """Return `values` in the order of their table; a name without a row comes last."""
    names = [row.name for row in rows]
    return {name: int(values[name]) for name in (*names, *sorted(set(values) - set(names))) if name in values}


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole else "-"


def _table(*columns: str) -> Table:
    """Return an empty table; a column whose name begins with `>` is set to the right."""
    table = Table(box=None, pad_edge=False, header_style="bold", show_edge=False)
    for column in columns:
        table.add_column(
            column.lstrip(">"), justify="right" if column.startswith(">") else "left", no_wrap=column != columns[-1]
        )
    return table
