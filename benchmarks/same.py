"""Whether another tree's runs are this tree's runs: counters, costs, events and output of many machines, compared.

    python -m benchmarks.same REVISION [--all] [--only TEXT] [--jobs N]

For changes of shape, after which everything must be as it was. The table of the revision is recorded by that revision's
own code, checked out beside this tree, and kept in `.cache/`; that of this tree is recorded anew each time. Every
program runs on every machine of `machines()`, with `--all` on the whole product of `CHOICES`; the output of `COMMANDS`
is compared as it is. What only changed its name stands in `RENAMED`.
"""

import argparse
import csv
import hashlib
import itertools
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

TREE = Path(__file__).parent.parent
TABLES = TREE / ".cache" / "same"
MOST = 3_000_000  # instructions of one run
FIELDS = ("exit_status", "cycles", "output", "counters", "costs", "events", "invalidations", "stale")
REACH = "ceiling:33"
STRATEGIES = (
    *("ceiling:33", "ceiling:1", "asid", "full"),
    *(f"{REACH}+{name}" for name in ("broadcast", "directory", "latr", "gen", "gen:1", "lazy", "gather:2", "batch")),
    *(f"{REACH}+{name}" for name in ("concurrent", "early-ack", "abis", "upgrade", "cow-local", "fork-regions")),
    *("full+broadcast", "asid+directory", "full+lazy+concurrent+early-ack", "ceiling:9+broadcast+batch"),
)
CHOICES: Mapping[str, tuple[Any, ...]] = {
    "fork": ("cow", "eager", "cow-stack"),
    "paging": ("sv39", "sv48", "sv57"),
    "harts": (1, 2, 5),
    "flush": STRATEGIES,
    "tlb": ("lru", "adversarial"),
}
SINGLE: tuple[Mapping[str, Any], ...] = (
    {"ad": "svade"},
    {"check_stale": True},
    {"overrides": {"pti": 1}},
    {"overrides": {"asid_bits": 0}},
    {"overrides": {"asid_bits": 3}, "harts": 3},
    {"overrides": {"quantum": 2000}},
    {"profile": "ideal"},
    *({"schedule": f"seed:{seed}", "harts": 4, "tlb": "adversarial", "check_stale": True} for seed in range(4)),
    *(
        {"overrides": {"bug": bug}, "harts": 4, "schedule": f"seed:{seed}", "check_stale": True, "tlb": "adversarial"}
        for bug in ("missing-remote", "early-ack", "no-wait", "free-first", "late-fill", "cow-no-local")
        for seed in range(3)
    ),
)
COMMANDS = (
    *("lab invalidation --csv -", "lab flush", "lab validate", "profiles", "check programs/*.s"),
    *("run programs/shootdown.s --stats --harts 4", "explain programs/cow_with_threads.s --harts 3"),
)
RENAMED: Mapping[str, str] = {}  # what counters, costs and columns are called here, by what they were called before


def machines(whole: bool) -> Iterator[Mapping[str, Any]]:
    """Yield the keyword arguments of every machine; unless `whole`, paging and strategies are not multiplied."""
    for values in itertools.product(*CHOICES.values()):
        machine = dict(zip(CHOICES, values, strict=True))
        few = machine["harts"] != 2 and machine["paging"] == "sv39"
        if whole or few or machine["flush"] == REACH:
            yield machine
    yield from SINGLE


def digest(*parts: bytes | str) -> str:
    """Return a short name of what is in `parts`."""
    found = hashlib.blake2b(digest_size=8)
    for part in parts:
        found.update(part.encode("utf-8", "surrogateescape") if isinstance(part, str) else part)
        found.update(b"\0")
    return found.hexdigest()


def of_table(rows: Any) -> str:
    """Return the digest of a structured array, its columns by their names of today, in the order of these."""
    columns = {RENAMED.get(name, name): np.asarray(rows[name]).astype(np.int64) for name in rows.dtype.names or ()}
    return digest(str(len(rows)), *(part for name in sorted(columns) for part in (name, columns[name].tobytes())))


def of_names(values: Mapping[str, int]) -> str:
    """Return the digest of numbers by name, by their names of today."""
    return digest(repr(sorted((RENAMED.get(name, name), value) for name, value in values.items())))


def row_of(program: str, machine: Mapping[str, Any]) -> list[str]:
    """Run `program` on `machine`; return what is compared of it, in the order of `FIELDS`."""
    from emulator import Machine
    from isa import Program

    emulated = Machine(memory="16MiB", **machine)
    emulated.spawn(Program.load(program))
    result = emulated.run(MOST)
    own = repr([(part.hart, part.pid, sorted(part.costs.items())) for part in result.own])
    return [
        str(result.exit_status),
        str(result.cycles),
        digest(result.stdout, result.stderr, result.ended),
        of_names(result.counters),
        digest(of_names(result.costs), *(of_names(costs) for _, costs in result.per_hart), own),
        of_table(result.events),
        of_table(result.invalidations),
        of_table(result.stale),
    ]


def rows_of(program: str, whole: bool) -> list[list[str]]:
    """Return the rows of `program` on every machine, each led by what it is of."""
    return [[f"{program} {dict(machine)}", *row_of(program, machine)] for machine in machines(whole)]


def output_of(command: str) -> list[str]:
    """Run a command of the package that is first on the path; return its row."""
    parts = ([part] if "*" not in part else sorted(map(str, Path().glob(part))) for part in command.split())
    words = itertools.chain(*parts)
    code = "import sys; from emulator.cli import main; sys.argv[0] = 'pagewalk'; main()"
    done = subprocess.run([sys.executable, "-c", code, *words], capture_output=True, check=False)
    return [command, str(done.returncode), "", digest(done.stdout, done.stderr), *[""] * 5]


def record(path: Path, asked: argparse.Namespace) -> None:
    """Write the table of the package that is first on the path."""
    programs = [str(path) for path in sorted(Path("programs").glob("*.s")) if asked.only in str(path)]
    with ProcessPoolExecutor(asked.jobs) as pool, path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["run", *FIELDS])
        for rows in pool.map(rows_of, programs, itertools.repeat(asked.all)):
            writer.writerows(rows)
        writer.writerows(pool.map(output_of, (command for command in COMMANDS if asked.only in command)))


def recorded(tree: Path, table: Path, options: list[str]) -> dict[str, list[str]]:
    """Return the table of `tree` by run, recorded by its own code."""
    environment = {**os.environ, "PYTHONPATH": str(tree), "PAGEWALK_ENGINE": "compiled"}
    command = [sys.executable, str(Path(__file__).resolve()), "--record", str(table), *options]
    subprocess.run(command, cwd=tree, env=environment, check=True)
    return read(table)


def read(table: Path) -> dict[str, list[str]]:
    """Return what a file of rows holds, by run."""
    with table.open(newline="") as file:
        return {run: values for run, *values in list(csv.reader(file))[1:]}


def of_revision(revision: str, options: list[str]) -> dict[str, list[str]]:
    """Return the table of a revision, recorded once for each way of recording."""
    git = ["git", "-C", str(TREE)]
    name = subprocess.run([*git, "rev-parse", revision], capture_output=True, text=True, check=True).stdout.strip()
    TABLES.mkdir(parents=True, exist_ok=True)
    table = TABLES / f"{name[:12]}-{digest(Path(__file__).read_text(), *options[2:])}.csv"
    if table.exists():
        return read(table)
    tree, begun = TABLES / name[:12], table.with_suffix(".begun")
    if not tree.exists():
        subprocess.run([*git, "worktree", "add", "--detach", str(tree), name], check=True)
    try:
        found = recorded(tree, begun, options)
    finally:
        subprocess.run([*git, "worktree", "remove", "--force", str(tree)], check=True)
    begun.rename(table)
    return found


def compare(before: Mapping[str, list[str]], now: Mapping[str, list[str]]) -> int:
    """Print what differs, a line a run; return how many runs do."""
    different = 0
    for run in sorted(before.keys() | now.keys()):
        if before.get(run) != now.get(run):
            different += 1
            if run not in before or run not in now:
                print(f"{run}: only {'here' if run in now else 'there'}")
            else:
                pairs = zip(FIELDS, before[run], now[run], strict=True)
                print(f"{run}: " + ", ".join(f"{field} {a} -> {b}" for field, a, b in pairs if a != b))
    print(f"{len(now)} runs, {different} different")
    return different


def main() -> None:
    """Compare, or record."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("revision", nargs="?", help="what to compare this tree with")
    parser.add_argument("--jobs", type=int, default=2, metavar="N")
    parser.add_argument(
        "--only", default="", metavar="TEXT", help="programs and commands that have this in their names"
    )
    parser.add_argument("--all", action="store_true", help="every choice with every other, an hour of one core")
    parser.add_argument("--record", type=Path, metavar="FILE", help="only write the table of the package on the path")
    asked = parser.parse_args()
    if asked.record:
        record(asked.record, asked)
        return
    options = ["--jobs", str(asked.jobs), "--only", asked.only, *(["--all"] if asked.all else [])]
    before = of_revision(asked.revision, options)
    sys.exit(compare(before, recorded(TREE, TABLES / "here.csv", options)) > 0)


if __name__ == "__main__":
    main()
