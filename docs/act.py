"""The page of riscv-arch-test's virtual-memory cases: each is run once more, and its outcome written down."""

from collections.abc import Callable, Iterable
from typing import Any

from tests.act.case import EVERY
from tests.act.cases import CASES, LEFT
from tests.act.run import run

Table = Callable[[Iterable[str], Iterable[Iterable[object]]], str]


def page(table: Table, made: str) -> str:
    """Return the page; `table` makes tables, `made` says where it comes from."""
    ran = [case for case in CASES if case.pages or case.script]
    files = sum(len(case.formats) for case in ran)
    cases = table(("file", "what it checks", "rule", *EVERY), (_row(case) for case in ran))
    parts = ((f"`{case.folder}/{case.file}`", case.left) for case in ran if case.left)
    whole = (
        *(
            (f"`{case.folder}/{case.file}`", len(case.formats), case.checks, case.left)
            for case in CASES
            if case not in ran
        ),
        *((f"`{folder}`", count, checks, why) for folder, count, checks, why in LEFT),
    )
    return f"""# The virtual-memory cases of riscv-arch-test

{made}
[riscv-arch-test](https://github.com/riscv-non-isa/riscv-arch-test) holds RISC-V machines to the manuals. Its
virtual-memory programs (`tests/priv`, the fourth framework) each build page tables, store to, load from and fetch from
the pages in one mode, and compare what the machine answers with what a reference model said. `tests/act/cases.py` has
the same cases as rows of a table for `Mmu`, written from what the programs check; nothing of theirs is copied. Here
every answer is held to its rule: the physical address, or which Fault, its cause and the address that it reports; and
to what the PTE holds afterwards. Where a program says how many faults it expects, and it was read for this table, the
number of refusals is held to that, too.

    .venv/bin/pytest tests/act

## Case by case

{files} files. Before a name stands its format, `sv39_invalid_pte_Smode.S`. In a cell: how many of the accesses were
refused, of how many, all as the rules say. Empty: the original has no such file. Most pages are tried at every level,
so formats of more levels have more accesses.

{cases}
## Parts of them that are not modelled

{table(("file", "what is not modelled"), parts)}
## Files that are not modelled

{table(("file or folder", "files", "what it checks", "what is not modelled"), whole)}"""


def _row(case: Any) -> tuple[str, ...]:
    return (f"`{case.folder}/{case.file}`", case.checks, case.rules, *(_cell(case, paging) for paging in EVERY))


def _cell(case: Any, paging: str) -> str:
    """Run a case in one format and return its numbers."""
    if paging not in case.formats:
        return ""
    outcome = run(case, paging)
    return f"{outcome.refused} of {outcome.accesses}"
