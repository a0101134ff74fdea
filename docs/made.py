"""The pages of `docs/`, and the include of call numbers, that are made from the tables in the code: `make docs` writes
them (`python -m docs.made`).

It renews the instruction loop (`emulator/hardware/engine/made.py`), the output that other pages show
(`docs/readme.py`), and what notebooks hold (`docs/notebooks.py`), too. Tests hold all of them against the code, so that
no page can say what the code no longer does.
"""

import inspect
from collections.abc import Callable, Iterable
from pathlib import Path

from docs import act, notebooks, questions, wrong
from docs.readme import renew
from emulator.base.call_names import CALL_NAMES
from emulator.base.frame_names import FRAME_USES
from emulator.base.kernel_names import MISTAKES
from emulator.base.names import COSTS, COUNTERS, EVENTS, FAULTS, PRICES, Access, Row, cause_of
from emulator.config import load_profile, profile_names
from emulator.config.limits import MOST_ACCOUNTS, MOST_EVENTS, MOST_FRAME_ROWS, MOST_INVALIDATIONS
from emulator.config.profile import base_of, stated
from emulator.config.replacement import POLICIES
from emulator.config.settings import SETTINGS
from emulator.config.strategies import STRATEGIES
from emulator.hardware.engine import made as loop
from emulator.kernel.syscalls import CALLS, MARK
from emulator.lab.invalidation.row import BY_COST, KEY, MEASURED
from emulator.lab.invalidation.workload import Workload
from emulator.lab.invalidation.workloads import WORKLOADS
from emulator.observe.profiles import figures
from emulator.world.checker import STALE_FIELDS
from emulator.world.frame_log import FRAME_FIELDS
from emulator.world.invalidation import INVALIDATION_FIELDS
from emulator.world.log import EVENT_FIELDS
from isa.directives import GROUPS, REFUSED, Directive
from isa.instructions import reference_page

HERE = Path(__file__).parent
MADE = "Made from the tables in the code by `make docs`; change it there.\n"


def table(head: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """Return a table in Markdown."""
    cells = [[str(cell).replace("|", "\\|") for cell in row] for row in rows]
    head = list(head)
    return "".join(f"| {' | '.join(row)} |\n" for row in [head, ["---"] * len(head), *cells])


def named(rows: Iterable[Row]) -> str:
    """Return rows of names and meanings as a table."""
    return table(("name", "meaning"), ((f"`{row.name}`", row.meaning) for row in rows))


def instructions() -> str:
    """The instruction set."""
    title, rest = reference_page().split("\n", 1)
    return f"{title}\n\n{MADE}{rest}"


def names() -> str:
    """Counters, costs, prices, faults."""
    faults = (
        (f"`{fault.name}`", row.meaning, row.rule, f"`{row.counter}`", causes(fault.value))
        for fault, row in FAULTS.items()
    )
    return f"""# Names

{MADE}
## Counters

`result.counters["cow.copies"]`, and `#? cow.copies == 1` in a program. A name never changes its meaning.

{named(COUNTERS)}
## Costs

`result.costs["kernel.copy"]`, in cycles. Each cycle of a hart is booked under exactly one: they sum to its `cycles`.

{named(COSTS)}
## Prices

What a profile sets under `[price]`, in cycles, and `--set price.trap_entry=100` on the command line.

{named(PRICES)}
## Faults

Why an access is refused (`Fault`), the rule that says so (`docs/rules.md`), what counts it, and the exception codes of
a fetch, a load and a store.

{table(("fault", "meaning", "rule", "counter", "codes"), faults)}"""


def causes(fault: int) -> str:
    """Return the exception codes that a fault has by access."""
    found = next(known for known in FAULTS if known == fault)
    return ", ".join(str(cause_of(found, access)) for access in (Access.FETCH, Access.LOAD, Access.STORE))


def events() -> str:
    """What a run records."""
    fields, invalidations, stale, frames = (
        [(f"`{field.name}`", _type(field.type, field.shape), field.meaning) for field in table_of]
        for table_of in (EVENT_FIELDS, INVALIDATION_FIELDS, STALE_FIELDS, FRAME_FIELDS)
    )
    return f"""# Events

{MADE}
`result.events` is a NumPy structured array, one event an element, in the order in which they happened;
`result.events.to_frame()` is the same as a polars DataFrame, and `pagewalk run --trace FILE` writes it. It holds the
first {MOST_EVENTS:,} (`Machine(events=N)`: the first N); `result.events_left_out` counts the others. `pagewalk run`
keeps none unless `--trace` or `--stats` asks for them.

Events of one hart are in order of their `cycle`. Within a system call others may happen: a fault of the kernel's own
access, a fork. They come before it and have their cost for themselves; all `cost`s of a hart and its parts of
`result.own`, which hold what programs' own instructions took and what other harts took meanwhile, sum to its cycles.

## Kinds

{named(EVENTS)}
## Fields

{table(("field", "type", "meaning"), fields)}
## Invalidations

`result.invalidations` is a structured array too, one invalidation an element, with `induced_misses` and
`induced_cycles` at the end: the later misses on entries that it dropped, and the cycles of their walks. It holds the
first {MOST_INVALIDATIONS:,}; `result.invalidations_left_out` counts the others.

{table(("field", "type", "meaning"), invalidations)}
## Stale entries

`result.stale` is one more, with the checker on (`--check-stale`): a row for each TLB entry that was used although
memory no longer granted the access, through a mistake of the kernel's or, where one is built in, of the hardware's
(F45). Uses in the midst of the kernel's step, while it waits for other harts, are allowed and only counted
(`stale.window_uses`), unless the page's frame is given back or another one takes its place; an entry that grants *less*
than its PTE leads to a spurious fault (`fault.spurious`, F42) and is no stale use.

{table(("field", "type", "meaning"), stale)}
`kind` says what was done wrong:

{table(("kind", "mistake", "meaning"), ((kind.value, kind.name, meaning) for kind, meaning in MISTAKES.items()))}
## Frames

`result.ledger` ([ledger.md](ledger.md)) has a row for each time that a frame was taken, shared, re-used, dropped or
given back, of a machine that was to keep them. `result.ledger.rows` is a structured array of the first
{MOST_FRAME_ROWS:,}; `result.ledger.left_out` counts the others.

{table(("field", "type", "meaning"), frames)}
`use` says what for:

{table(("use", "name", "meaning"), ((use.value, use.name, meaning) for use, meaning in FRAME_USES.items()))}"""


def _type(kind: type, shape: tuple[int, ...]) -> str:
    return kind.__name__ + (f" x {shape[0]}" if shape else "")


def syscalls() -> str:
    """The system calls."""
    calls = (
        (number, f"`{call.name}({_parameters(call.handler)})`", call.meaning) for number, call in sorted(CALLS.items())
    )
    return f"""# System calls

{MADE}
Numbers and calling convention are those of Linux on RISC-V: the number in a7, arguments in a0 to a5, the result in a0,
an error as its negative number. An unknown number gives ENOSYS. User memory is reached through the fault road, so a
call that writes it breaks copy-on-write as a store does (F66).

{table(("number", "call", "what it does here"), calls)}
One number is pagewalk's own: {MARK}, `mark(number)`, takes no time and keeps what every hart has counted and spent so
far in `result.marks`; what lies between two marks is their difference. It returns 0, or ENOSPC where there are too many
(marks times harts are {MOST_ACCOUNTS:,} at most)."""


def _parameters(handler: Callable[..., object]) -> str:
    """Return the names of a handler's arguments, those that it ignores left out."""
    parameters = list(inspect.signature(handler).parameters.values())[2:]
    return ", ".join(parameter.name for parameter in parameters if parameter.kind is not parameter.VAR_POSITIONAL)


def calls() -> str:
    """The names of system calls as assembly programs include them."""
    numbers = sorted([*CALLS, MARK])
    return f"""# calls: the numbers of the system calls that mean something here: Linux's, and pagewalk's own, `mark`.
# {MADE}
{"".join(f"        .equ    SYS_{CALL_NAMES[number]}, {number}{chr(10)}" for number in numbers)}"""


def profiles() -> str:
    """Every figure of every profile."""
    pages = []
    for name in profile_names():
        profile = load_profile(name)
        own, base = stated(name), base_of(name)
        rows = (
            (f"`{key}`", value, source)
            for key, value, source in figures(profile)
            if not base or key in own or key.partition(".")[0] in own
        )
        but = f" As [{base}](#{base}), but:" if base else ""
        pages.append(f"## {profile.name}\n\n{profile.summary}.{but}\n\n{table(('key', 'value', 'source'), rows)}")
    return f"""# Profiles

{MADE}
A profile says what a machine has and what things cost: a TOML file in `emulator/config/profiles/`, or one of your own.
Each figure names its source, or says that it is assumed and why. On the command line `--set KEY=VALUE` changes one.

One of your own begins with one of these; its `name` is what `#? [profile=NAME]` and results call it:

    pagewalk profiles skylake > mine.toml
    pagewalk run --profile mine.toml prog.s

Or it says `based_on = "skylake"` and only what differs, row by row. What it states under `[setting]` a machine has
unless `--set` says otherwise.

{chr(10).join(pages)}"""


def settings() -> str:
    """What can be said of a machine beside its profile."""
    rows = ((f"`{row.name}`", row.kind.right, f"`{row.default}`", row.meaning) for row in SETTINGS)
    words = ((f"`{row.name}={word}`", meaning) for row in SETTINGS for word, meaning in row.kind.known)
    strategies = ((f"`{row.written}`", row.group, row.meaning) for row in STRATEGIES)
    policies = (
        (f"`{row.name}`", row.meaning, "a power of two" if row.halves else "any", row.source) for row in POLICIES
    )
    return f"""# Settings of a machine

{MADE}
`--set KEY=VALUE` on the command line, and `overrides` in Python, take these beside the keys of a profile
([profiles.md](profiles.md)); `pagewalk run --help` tells which have an option of their own. A promise can be limited to
one: `#? [fork=eager] cow.copies == 0`.

{table(("setting", "values", "default", "what it is"), rows)}
## Words

{table(("setting", "what it means"), words)}
## Strategies

One *reach*, how much a hart drops, and at most one of each other group, joined by `+`:
`--flush ceiling:33+lazy+concurrent`. What contradicts itself is refused, with the reason. Who published a strategy, and
where it may not be used, stands in its module in `emulator/kernel/invalidation/strategies/` or `postponed/`.

{table(("strategy", "group", "what it does"), strategies)}
## Replacement policies

Which entry of a full set gives way. `replacement` is for all TLBs and caches, `tlb.l1d.policy`, `cache.l2.policy` and
so on for one of them, in a profile too: `--set replacement=plru --set tlb.l2.policy=lru`.

{table(("policy", "what gives way", "ways", "source"), policies)}"""


def experiments() -> str:
    """What `pagewalk lab invalidation` does, and what its rows say."""
    workloads = ((f"`{workload.name}`", workload.answers, _swept(workload)) for workload in WORKLOADS)
    columns = ((f"`{column.name}`", column.meaning) for column in (*KEY, *MEASURED))
    costs = ((f"`{column.name}`", column.meaning) for column in BY_COST)
    return f"""# Experiments of the invalidation laboratory

{MADE}
## Workloads

`--workload`. Each is a program in `programs/lab`, which says what it does and what it marks. What is swept unless
`--strategy`, `--pages` and `--harts` say otherwise:

{table(("workload", "what it answers", "swept"), workloads)}
## Columns

Of CSV, Parquet and JSON. Cycles are of the hart that acts (the initiator), unless it says otherwise. Where there are
rounds the table on the terminal shows one of them, the files all of them together.

Where all harts act at once (`pthread_mmap`, `arenas` and `tlb_flush1` to `3`) `rounds` is how often all of them have
done it, `cycles` the time of one, and what is told of invalidations is of all. So `rounds` times the clock over
`cycles` is how often a second they do it together, and `all.flushing` over `all.cycles` the share of time that it takes
from them.
They run with `locks=vma`, as Linux does from 6.4 on (`--set locks=mmap` before); `page_fault1` of will-it-scale is
`pthread_mmap` with more pages. Smaller than in will-it-scale are the regions of `tlb_flush`: 32 pages for 256 in
`tlb_flush2`, 16 and 32 for 32,768 in the others, with memory in the place of files in memory.

{table(("column", "what it says"), columns)}
What the initiator paid from before it until after it, by cost; these sum to `cycles`:

{table(("column", "what it says"), costs)}"""


def _swept(workload: Workload) -> str:
    """Return the default axes of a workload."""
    strategies = ", ".join(f"`{strategy}`" for strategy in workload.strategies)
    pages, harts = (", ".join(f"{number:,}" for number in axis) for axis in (workload.pages, workload.harts))
    return f"{pages} pages; {harts} harts; {strategies}"


def assembler() -> str:
    """The directives, and what the assembler holds to."""
    groups = "\n".join(f"## {title}\n\n{directives(rows)}" for title, rows in GROUPS)
    refused = table(("name", "why"), ((names_of(row), row.meaning) for row in REFUSED))
    return f"""# The assembler

{MADE}
Sources are what GNU `as` takes for RV64IMA (`-march=rv64ima -mabi=lp64 -mno-relax`), and become the same bytes; what
`gcc -S` writes at any level of optimisation is taken as it is. Rules G1 to G9 in [rules.md](rules.md) say what is held
to, and [instructions.md](instructions.md) has the instructions.

- A statement ends at a newline or `;`. Comments are `#` and `//` to the end of the line, and `/* ... */`.
- Numbers are decimal, `0x`, `0b`, octal after `0`, or a character (`'a`, `'a'`, `'\\n'`). Operators, closest first:
  `- + ~ !` of one operand, `* / % << >>`, `| & ^ !` (`a ! b` is `a | ~b`), `+ -`, `== != <> < <= > >=`, `&&`, `||`.
- `1:` is a numeric label; `1b` is the nearest one before, `1f` the nearest one after.
- `%hi %lo %pcrel_hi %pcrel_lo` take addresses apart, `%tprel_hi %tprel_lo %tprel_add` those of thread-local data,
  counted from where `.tdata` begins: `tp` has to hold that address.
- Names of directives and instructions may be in capitals.
- `_end`, `_edata`, `_etext`, `__bss_start`, `__global_pointer$`, `__init_array_start`, `__start_NAME` and the others of
  GNU ld's default script are there for who asks and does not define them.
- What GNU `as` warns of, and an instruction at an odd place, is a warning: `Program.warnings`, and a line on standard
  error. The program is made all the same.

{groups}
## Refused by name

{refused}"""


def directives(rows: Iterable[Directive]) -> str:
    """Return rows of directives as a table."""
    return table(
        ("directive", "what it does"),
        ((f"{names_of(row)} {f'`{row.syntax}`' if row.syntax else ''}".strip(), row.meaning) for row in rows),
    )


def names_of(row: Directive) -> str:
    """Return the names of a directive; of a family the first part."""
    if all(name.startswith(".cfi_") for name in row.names):
        return "`.cfi_...`"
    return " ".join(f"`{name}`" for name in row.names)


PAGES: dict[str, Callable[[], str]] = {
    "assembler.md": assembler,
    "instructions.md": instructions,
    "names.md": names,
    "events.md": events,
    "syscalls.md": syscalls,
    "profiles.md": profiles,
    "settings.md": settings,
    "lab-experiments.md": experiments,
    "act.md": lambda: act.page(table, MADE),
    "wrong.md": lambda: wrong.page(table, MADE),
    "quiz.md": lambda: questions.page(table, MADE),
    "../programs/lib/calls.inc": calls,
}


def main() -> None:
    """Write the loop, every page, and the output that pages show."""
    loop.main()
    for name, page in PAGES.items():
        (HERE / name).write_text(page(), encoding="utf-8")
    renew()
    notebooks.main()


if __name__ == "__main__":
    main()
