"""Runs held against the promises in their source: what `pagewalk check` does for one program."""

from typing import TYPE_CHECKING, Any

from emulator.base.errors import ConfigError
from emulator.cli.runs import load, run_program

if TYPE_CHECKING:
    from emulator.observe.expect import Expectation, Run, Verdict
    from emulator.result import Result
    from isa import Program


def check_program(
    path: str, options: dict[str, str], overrides: dict[str, str], max_instructions: int | None
) -> dict[str, Any]:
    """Run `path` as its `#? run:` lines say, options overriding them, and return its verdicts as plain data."""
    from emulator.observe.expect import evaluate, read_expectations

    program = load(path)
    source = "\n".join(program.source_map.lines)
    expectations = read_expectations(source, path)
    failed, held = [], set()
    for asked in expectations.runs:
        result = run_asked(program, path, asked, options, overrides, max_instructions)
        for verdict in evaluate(with_no_stale_use(expectations.lines, path), result):
            held.add(verdict.expectation.line)
            if not verdict.holds:
                failed.append({"run": " ".join(words_of(asked)), **verdict_data(verdict)})
    return {
        "program": path,
        "runs": len(expectations.runs),
        "promises": len(expectations.lines),
        "failed": failed,
        "not_checked": [str(line) for line in expectations.lines if line.line not in held],
    }


def with_no_stale_use(lines: "tuple[Expectation, ...]", path: str) -> "tuple[Expectation, ...]":
    """Return `lines` and, unless one speaks of it, what every program promises: no stale TLB entry is used (F45)."""
    from emulator.observe.expect import Expectation

    if any(line.subject == "stale.uses" for line in lines):
        return lines
    return (*lines, Expectation(path, 0, "stale.uses == 0", "stale.uses", "==", 0))


def run_asked(
    program: "Program",
    path: str,
    asked: "Run",
    options: dict[str, str],
    overrides: dict[str, str],
    max_instructions: int | None,
) -> "Result":
    """Run `program` as a `#? run:` line asks, `options` and `overrides` from the command line coming first."""
    own = dict(asked.options)
    limit = own.pop("max-instructions", None)
    if limit is not None and max_instructions is None:
        if not (limit.isascii() and limit.isdigit() and int(limit)):
            raise ConfigError(f"{path}: #? run: --max-instructions {limit}: a whole number above 0 is right")
        max_instructions = int(limit)
    argv, chosen = [path, *asked.arguments], {**asked.overrides, **overrides}
    return run_program(program, argv, {**own, **options}, chosen, max_instructions, check_stale=True)


def words_of(asked: "Run") -> list[str]:
    """Return a `#? run:` line's words again."""
    options = [f"--{name} {value}" for name, value in asked.options.items()]
    return [*options, *(f"--set {key}={value}" for key, value in asked.overrides.items()), *asked.arguments]


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
