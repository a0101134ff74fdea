"""Directives that decide which lines are read, and how often: `isa/reader.py` obeys them, here are their rows."""

from __future__ import annotations

from isa.assembly import Assembly
from isa.directives.row import Directive
from isa.statements import Statement


def _obeyed(assembly: Assembly, statement: Statement) -> None:
    raise AssertionError(f"the reader obeys '{statement.name}' and passes it on to nobody")


READING = tuple(
    Directive(names, syntax, meaning, _obeyed)
    for names, syntax, meaning in (
        ((".include",), '"file"', "the lines of another file, found from the folder of this one"),
        ((".macro",), "name a, b=default, c:req, d:vararg", "up to `.endm` what `name 1, 2` stands for: `\\a` is the "
         "argument, `\\@` the number of the call, `\\()` ends a name"),
        ((".endm",), "", "the end of a macro"),
        ((".exitm",), "", "leave the macro or repetition that is being read"),
        ((".purgem",), "name, ...", "forget these macros"),
        ((".rept", ".rep"), "count", "the lines up to `.endr` so many times"),
        ((".irp", ".irep"), "name, value, ...", "the lines up to `.endr` once for each value, which is `\\name`"),
        ((".irpc", ".irepc"), "name, letters", "the lines up to `.endr` once for each letter"),
        ((".endr",), "", "the end of a repetition"),
        ((".if", ".ifne"), "number", "the lines up to `.endif`, `.else` or `.elseif` only if it is not 0"),
        ((".ifeq", ".ifgt", ".ifge", ".iflt", ".ifle"), "number", "the same, if it is 0, or above, not below, below, "
         "not above 0"),
        ((".ifdef",), "name", "the same, if the name has a value by now"),
        ((".ifndef", ".ifnotdef"), "name", "the same, if it has none"),
        ((".ifb", ".ifnb"), "text", "the same, if there is no text, or some"),
        ((".ifc", ".ifnc"), "text, text", "the same, if both texts are the same, or not"),
        ((".ifeqs", ".ifnes"), '"text", "text"', "the same for texts in quotes"),
        ((".elseif",), "number", "otherwise, if it is not 0"),
        ((".else",), "", "otherwise"),
        ((".endif",), "", "the end of a condition"),
        ((".end",), "", "nothing behind it is read"),
    )
)  # fmt: skip
