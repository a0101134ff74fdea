"""The page of hardware that is wrong in one thing, and of the tests that find it."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from tests.hardware.translation import test_wrong_nested, test_wrong_plain, test_wrong_tlbs, test_wrong_walk_caches
from tests.paging import test_wrong_arm64, test_wrong_riscv, test_wrong_walkers

Table = Callable[[Iterable[str], Iterable[Iterable[object]]], str]
TABLES: tuple[tuple[str, Mapping[str, Any]], ...] = (
    ("Walkers of RISC-V", test_wrong_riscv.WRONG),
    ("Walkers of x86-64", test_wrong_walkers.WRONG),
    ("Walkers of arm64", test_wrong_arm64.WRONG),
    ("Walks in two dimensions", test_wrong_nested.WRONG),
    ("TLBs, and policies of TLBs and caches", test_wrong_tlbs.WRONG),
    ("Walk caches", test_wrong_walk_caches.WRONG),
    ("The plain road", test_wrong_plain.WRONG),
)


def page(table: Table, made: str) -> str:
    """Return the page; `table` makes tables, `made` says where it comes from."""
    parts = "\n".join(f"## {title}\n\n{table(HEAD, _rows(wrong))}" for title, wrong in TABLES)
    return f"""# Hardware that is wrong in one thing

{made}
A suite that finds no mistake in wrong hardware finds none in ours. So one function is replaced by one that is wrong in
one thing, and the test that is there for just that thing, written before and for the right hardware, has to fail:
{sum(len(wrong) for _, wrong in TABLES)} times. Kernels that are wrong are in [stale-entries.md](stale-entries.md).

    .venv/bin/pytest tests -k wrong

{parts}"""


HEAD = ("what is wrong", "in the place of", "the test that finds it", "in `tests/`")


def _rows(wrong: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
    for name, row in wrong.items():
        module = row.module.__name__.removeprefix("emulator.")
        file = row.killer.__module__.removeprefix("tests.").replace(".", "/")
        yield name, f"`{module}.{row.function}`", f"`{row.killer.__name__}`", f"`{file}.py`"
