"""The account of a run: counters, costs and processes as tables for people and as JSON for programs."""

import json
from collections.abc import Mapping
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from emulator.base.call_names import CALL_NAMES
from emulator.base.names import COSTS, COUNTERS, Event, Row
from emulator.observe.harts import harts_table, invalidations_by_cause, invalidations_table
from emulator.observe.story import OUTCOMES, SIGNALS
from emulator.observe.tables import table
from emulator.result import ProcessReport, Result


def statistics(result: Result) -> Group:
    """Return what `run --stats` shows: counters, costs, invalidations; of more than one, each hart and each process."""
    zero = ", ".join(row.name for row in COUNTERS if not result.counters.get(row.name, 0))
    parts: list[RenderableType] = [
        Text(headline(result), style="bold"),
        Text(),
        counters_table(result),
        Text(f"0: {zero}", style="dim"),
        Text(),
        costs_table(result),
    ]
    if len(result.invalidations):
        parts += [Text(), invalidations_table(result)]
    if result.invalidations_left_out:
        parts.append(Text(f"{result.invalidations_left_out:,} later invalidations were not kept", style="dim"))
    if len(result.per_hart) > 1:
        parts += [Text(), harts_table(result)]
    if len(result.processes) > 1:
        parts += [Text(), process_table(result)]
    return Group(*parts)


def headline(result: Result) -> str:
    """Return a run's length in one line."""
    per_instruction = f", {result.cycles / result.instructions:.2f} cycles each" if result.instructions else ""
    return f"{result.instructions:,} instructions in {result.cycles:,} cycles{per_instruction}"


def counters_table(result: Result) -> Table:
    """Return the counters that are not 0, by group."""
    rows = table("counter", ">count", "what it counts")
    group = ""
    for row in COUNTERS:
        value = result.counters.get(row.name, 0)
        if value == 0:
            continue
        if group and row.name.split(".")[0] != group:
            rows.add_section()
        group = row.name.split(".")[0]
        rows.add_row(row.name, f"{value:,}", row.meaning)
    return rows


def costs_table(result: Result) -> Table:
    """Return the costs that are not 0 with their share of all cycles; they sum to the last row."""
    rows = table("cost", ">cycles", ">share", "what took them")
    total = sum(result.costs.values())
    for row in COSTS:
        cycles = result.costs.get(row.name, 0)
        if cycles:
            rows.add_row(row.name, f"{cycles:,}", share(cycles, total), row.meaning)
    rows.add_section()
    rows.add_row("all", f"{total:,}", share(total, total), "cycles")
    return rows


def process_table(result: Result) -> Table:
    """Return each process: parent, program, how it ended and, where all events were kept, its faults."""
    recorded = len(result.events) > 0 and not result.events_left_out
    counted = (">faults", ">copies", ">re-uses") if recorded else ()
    rows = table(">pid", ">parent", "program", *counted, "ended")
    for process in result.processes:
        faults = _faults_of(process.pid, result) if recorded else ()
        rows.add_row(
            str(process.pid),
            str(process.parent) if process.parent else "-",
            program_name(result, process.image),
            *map(str, faults),
            ending_of(process),
        )
    return rows


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


def as_json(result: Result) -> str:
    """Return the account as JSON: every counter and cost, in the order of their tables, zeros included."""
    return json.dumps(account(result), indent=2) + "\n"


def account(result: Result) -> dict[str, Any]:
    """Return the account of `result` as plain dictionaries and lists."""
    return {
        "exit_status": result.exit_status,
        "ended": result.ended,
        "unknown_calls": {str(number): times for number, times in result.unknown_calls.items()},
        "settings": dict(sorted(result.settings.items())),
        "counters": _in_order(COUNTERS, result.counters),
        "costs": _in_order(COSTS, result.costs),
        "harts": [
            {"counters": _in_order(COUNTERS, counters), "costs": _in_order(COSTS, costs)}
            for counters, costs in result.per_hart
        ],
        "invalidations": list(invalidations_by_cause(result)),
        "invalidations_left_out": result.invalidations_left_out,
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


def share(part: int, whole: int) -> str:
    """Return `part` of `whole` in percent."""
    return f"{100 * part / whole:.1f} %" if whole else "-"


def unknown_calls(result: Result) -> str:
    """Return the system calls that meant nothing here, by number, name and how often; "" for none."""
    calls = [
        f"{number} {CALL_NAMES.get(number, 'of no name')} ({times:,})" for number, times in result.unknown_calls.items()
    ]
    return f"unknown system calls: {', '.join(calls)}" if calls else ""
