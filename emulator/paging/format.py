"""What hot code asks about page tables: each question goes to the format that the hart translates by.

A format is a module with all the functions below, without `hart` where an answer does not depend on it. It speaks of

    entries    8 bytes each, one a page or table below it; 0 is an empty one in every format
    rights     what a page grants, in the emulator's own bits (`base.bits`), wherever the format has them
    levels     0: an entry maps a page of 4 KiB; the root is the highest

All of it is compiled into one image. A question that all formats answer by one function costs what its answer does;
any other one compare more, always of the same outcome.
"""

from inspect import signature
from types import ModuleType
from typing import Any

from emulator.base.jit import hot
from emulator.paging.modes import MODES

FORMATS: tuple[ModuleType, ...] = tuple(dict.fromkeys(mode.format for mode in MODES.values()))  # by `hart.format`
SEEN: dict[str, Any] = {"__name__": __name__, **{f"FORMAT_{n}": module for n, module in enumerate(FORMATS)}}


def asked(name: str) -> Any:
    """Return a hot function that takes a hart first, and does what its format's function `name` does with the rest.

    numba has neither tables of functions nor lists of arguments, so it is written out, as a hand would.
    """
    functions = [getattr(module, name) for module in FORMATS]
    differing = [n for n in range(1, len(FORMATS)) if functions[n] is not functions[0]]
    takes = [", ".join(signature(function).parameters) for function in functions]
    given = dict.fromkeys(["hart", *(word for function in functions for word in signature(function).parameters)])
    lines = [f"def {name}({', '.join(given)}):"]
    lines += [f"    if hart.format == {n}: return FORMAT_{n}.{name}({takes[n]})" for n in differing]
    lines += [f"    return FORMAT_0.{name}({takes[0]})"]
    exec("\n".join(lines), SEEN)
    return hot(SEEN[name])


# tables
entries_of = asked("entries_of")  # (hart): how many entries a table has
index_of = asked("index_of")  # (hart, va, level): which of them is that of `va` in a table at `level`
span = asked("span")  # (hart, level): how many bytes an entry at `level` stands for
canonical = asked("canonical")  # (hart, va): whether `va` is one that the tables can translate

# entries
is_pointer = asked("is_pointer")  # (hart, pte, level): whether it is valid, sound, and leads to a table
target_of = asked("target_of")  # (hart, pte, level): the physical address of the table or page that it leads to
rights_of = asked("rights_of")  # (hart, pte): what it grants; V where it is valid
rights_below = asked("rights_below")  # (hart, rights, pte): what a pointer leaves of the rights granted above it
visited = asked("visited")  # (hart, pte): what hardware leaves of a pointer that a walk has gone through
encoding_fault = asked("encoding_fault")  # (hart, pte, level): the Fault in what is no pointer, whatever the access
make_pointer = asked("make_pointer")  # (hart, frame): the entry that leads to the table in `frame`
make_leaf = asked("make_leaf")  # (hart, frame, rights): the entry at level 0 that grants `rights` to `frame`
with_rights = asked("with_rights")  # (hart, pte, rights): a leaf with these rights instead of its own

# pages
tlb_level = asked("tlb_level")  # (hart, level): the size of page that a TLB holds a leaf at `level` as (`base.bits`)
permission_fault = asked("permission_fault")  # (hart, rights, access): the Fault in it; rights are in bits 7-0
keeps_refusals = asked("keeps_refusals")  # (hart): whether a TLB may remember what is refused, so as to refuse it again
set_mode = asked("set_mode")  # (hart, privilege, user_access, exec_read): enter a privilege mode
