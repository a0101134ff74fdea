"""Runs held against the promises in their source: what `pagewalk check` does for one program."""

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from emulator.cli.options import Chosen
from emulator.cli.runs import load, run_as_asked, source_of, tell_unknown_calls

if TYPE_CHECKING:
    from emulator.observe.asked import Run
    from emulator.observe.expect import Expectation, Verdict
    from emulator.result import Result
    from isa import Program


# What every program promises of a run unless a line of its own speaks of it: it ends, and uses no stale entry (F45).
IMPLIED: tuple[tuple[str, int | str], ...] = (("ended", "exit"), ("stale.uses", 0))


def check_program(path: str, chosen: Chosen) -> dict[str, Any]:
    """Run `path` as its `#? run:` lines say, `chosen` overriding them, and return its verdicts as plain data."""
    from emulator.observe.expect import evaluate, read_expectations

    program = load(path)
    expectations = read_expectations(source_of(program), path)
    failed, held = [], set()
    for asked in expectations.runs:
        result = run_asked(program, path, asked, chosen)
        for verdict in evaluate(with_implied(expectations.lines, path, result), result):
            held.add(verdict.expectation.line)
            if not verdict.holds:
                failed.append({"run": str(asked), **verdict_data(verdict)})
    return {
        "program": path,
        "runs": len(expectations.runs),
        "promises": len(expectations.lines),
        "failed": failed,
        "not_checked": [str(line) for line in expectations.lines if line.line not in held],
    }


def with_implied(lines: "tuple[Expectation, ...]", path: str, result: "Result") -> "tuple[Expectation, ...]":
    """Return `lines` and those of `IMPLIED` that none of them speaks of for this run."""
    from emulator.observe.expect import Expectation

    spoken = {line.subject for line in lines if line.applies_to(result.settings)}
    return (
        *lines,
        *(
            Expectation(path, 0, f"{subject} == {json.dumps(value)}", subject, "==", value)
            for subject, value in IMPLIED
            if subject not in spoken
        ),
    )


def run_asked(program: "Program", path: str, asked: "Run", chosen: Chosen) -> "Result":
    """Run `program` as a `#? run:` line asks, checking, what the command line says coming first.

    Raises what makes no machine, naming the line where there is one, and KeyboardInterrupt for a run cut by Ctrl-C.
    """
    checked = replace(chosen, options=chosen.checking("1") | {"events": 0})
    result = run_as_asked(program, path, asked, checked)
    if result.ended == "interrupt":
        raise KeyboardInterrupt
    tell_unknown_calls(result, path)
    return result


def verdict_data(verdict: "Verdict") -> dict[str, Any]:
    """Return a failed promise as plain data."""
    return {"promise": str(verdict), "line": verdict.expectation.line, "actual": verdict.actual}


def check_lines(account: dict[str, Any]) -> str:
    """Return the report of one checked program, a line for each promise that failed or that no run was for."""
    runs = f"{account['runs']} run{'s' if account['runs'] > 1 else ''}"
    state = "FAILED" if account["failed"] else "ok"
    lines = [f"{state:6}  {account['program']}  {account['promises']} promises, {runs}"]
    if not account["promises"]:
        lines = [f"{state:6}  {account['program']}  promises nothing: no `#?` lines, {runs}"]
    for failure in account["failed"]:
        run_words = f"  (run: {failure['run']})" if failure["run"] else ""
        lines.append(f"        {failure['promise']}{run_words}")
    lines += [f"        {line}: not checked, no run has this setting" for line in account["not_checked"]]
    return "\n".join(lines) + "\n"


def summary(accounts: list[dict[str, Any]], unread: int) -> str:
    """Return the last line of a check; `unread` programs could not be run at all."""
    failed = sum(bool(account["failed"]) for account in accounts)
    words = f"{len(accounts) + unread} checked: {len(accounts) - failed} ok, {failed} failed"
    return f"{words}, {unread} could not be run\n" if unread else f"{words}\n"
