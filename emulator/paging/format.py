"""What hot code asks about page tables: each question goes to the format that the hart translates by.

A format is a module with all the functions below, without `hart` where an answer does not depend on it. It speaks of

    entries    one a page or table below it; 0 is an empty one in every format. They have 8 bytes; where they have 4
               (Sv32) two share a word of memory, and no kernel of this house makes them
    rights     what a page grants, in the emulator's own bits (`base.bits`), wherever the format has them
    levels     0: an entry maps a page of 4 KiB; the root is the highest

All of it is compiled into one image. A question that all formats answer by one function costs what its answer does.
Any other costs RISC-V one compare more, however many formats there are, and the others one or two after it, always of
the same outcome.
"""

from collections.abc import Sequence
from inspect import signature
from types import ModuleType
from typing import Any

from emulator.base.jit import hot, inlined
from emulator.paging.modes import MODES

FORMATS: tuple[ModuleType, ...] = tuple(dict.fromkeys(mode.format for mode in MODES.values()))  # by `hart.format`
SEEN: dict[str, Any] = {"__name__": __name__, **{f"FORMAT_{n}": module for n, module in enumerate(FORMATS)}}


def asked(name: str) -> Any:
    """Return a hot function that takes a hart first, and does what its format's function `name` does with the rest.

    numba has neither tables of functions nor lists of arguments, so it is written out, as a hand would.
    """
    functions = [getattr(module, name) for module in FORMATS]
    given = dict.fromkeys(["hart", *(word for function in functions for word in signature(function).parameters)])
    lines = [f"def {name}({', '.join(given)}):"]
    *firsts, last = dict.fromkeys(functions)
    for function in firsts:
        alike = [n for n in range(len(FORMATS)) if functions[n] is function]
        lines.append(f"    if {_is_among(alike)}: return {_call(name, alike[0], function)}")
    lines.append(f"    return {_call(name, functions.index(last), last)}")
    exec("\n".join(lines), SEEN)
    return inlined(hot(SEEN[name]))


def _call(name: str, number: int, function: Any) -> str:
    """Return the call of what format `number` has under `name`."""
    return f"FORMAT_{number}.{name}({', '.join(signature(function).parameters)})"


def _is_among(numbers: Sequence[int]) -> str:
    """Return the test whether a hart's format is one of `numbers`, which ascend: one compare wherever one can tell."""
    if numbers == list(range(len(numbers))):
        return f"hart.format < {len(numbers)}"
    others = [n for n in range(len(FORMATS)) if n not in numbers]
    if len(others) == 1:
        return f"hart.format != {others[0]}"
    return " or ".join(f"hart.format == {n}" for n in numbers)


# tables
entries_of = asked("entries_of")  # (hart): how many entries a table has
index_of = asked("index_of")  # (hart, va, level): which of them is that of `va` in a table at `level`
nth_entry = asked("nth_entry")  # (hart, table, number): the place of the entry `number` of the table at place `table`
entry_in = asked("entry_in")  # (hart, word, place): the entry at `place`, of the 8-byte word that it lies in
word_with = asked("word_with")  # (hart, word, place, pte): that word with `pte` in the entry's place
span = asked("span")  # (hart, level): how many bytes an entry at `level` stands for
canonical = asked("canonical")  # (hart, va): whether `va` is one that the tables can translate

# entries
is_pointer = asked("is_pointer")  # (hart, pte, level): whether it is valid, sound, and leads to a table
target_of = asked("target_of")  # (hart, pte, level): the physical address of the table or page that it leads to
pa_of = asked("pa_of")  # (hart, pte, level, va): the physical address of `va` in the page that `pte` maps
rights_of = asked("rights_of")  # (hart, pte): what it grants; V where it is valid
rights_below = asked("rights_below")  # (hart, rights, pte): what a pointer leaves of the rights granted above it
visited = asked("visited")  # (hart, pte): what hardware leaves of a pointer that a walk has gone through
encoding_fault = inlined(
    asked("encoding_fault")
)  # (hart, pte, level): the Fault in what is no pointer, whatever the access
make_pointer = asked("make_pointer")  # (hart, frame): the entry that leads to the table in `frame`
make_guard = asked("make_guard")  # (hart, frame): the same, denying all writes below; like others if none can
names_page = asked("names_page")  # (hart, pte): whether one above level 0, valid or not, is a page's and no table's
make_leaf = asked("make_leaf")  # (hart, frame, rights): the entry at level 0 that grants `rights` to `frame`
make_huge = asked("make_huge")  # (hart, frame, rights): the same at level 1, for the frames from `frame` on
with_rights = asked("with_rights")  # (hart, pte, rights): a leaf with these rights instead of its own
make_swapped = asked("make_swapped")  # (hart, slot): the entry at level 0 of a page in that slot of swap; slots from 1
is_swapped = asked("is_swapped")  # (hart, pte): whether one at level 0, not valid, is such an entry
slot_of = asked("slot_of")  # (hart, pte): the slot that it names

# pages
tlb_level = asked("tlb_level")  # (hart, level): the size of page that a TLB holds a leaf at `level` as (`base.bits`)
permission_fault = asked("permission_fault")  # (hart, rights, access): the Fault in it; rights are those of a TLB word
keeps_absent = asked("keeps_absent")  # (hart): whether a TLB may remember that an entry was not valid (F23)
keeps_refusals = asked("keeps_refusals")  # (hart): whether an entry that refuses an access stays (F40)
set_mode = asked("set_mode")  # (hart, privilege, user_access, exec_read): enter a privilege mode
