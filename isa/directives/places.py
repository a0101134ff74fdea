"""Directives that say in which section what follows is put."""

from __future__ import annotations

import re

from isa.assembly import Assembly
from isa.directives.row import Directive, Handler
from isa.errors import Mistake
from isa.section import Section
from isa.statements import Statement
from isa.strings import STRING, unescape

_NAME = re.compile(rf"(?:(?P<quoted>{STRING})|(?P<plain>[^\s,;\"]+))\s*")
_ARGUMENT = re.compile(rf",\s*(?:(?P<flags>{STRING})|[@%](?P<kind>\w+)|(?P<other>[^\s,\"]*))\s*")
_FLAGS = re.compile(r"[awxMSGTeoR?0-9]*")
_KINDS = ("progbits", "nobits", "note", "init_array", "fini_array", "preinit_array")


def _switch(name: str) -> Handler:
    def handler(assembly: Assembly, statement: Statement) -> None:
        if statement.rest.strip():
            raise statement.mistake("takes no operands here", statement.operands[0])
        assembly.switch(assembly.section(name))

    return handler


def _named(assembly: Assembly, statement: Statement) -> Section:
    """The section that `name, "flags", @kind, ...` says."""
    found = _NAME.match(statement.rest)
    if found is None or found["plain"] in ("@progbits", "@nobits"):
        raise statement.mistake("takes a name")
    name = unescape(found["quoted"][1:-1]).decode(errors="replace") if found["quoted"] else found["plain"]
    flags: str | None = None
    zeros = False
    end = found.end()
    while end < len(statement.rest):
        argument = _ARGUMENT.match(statement.rest, end)
        if argument is None:
            raise statement.mistake("is written as '.section name, \"flags\", @progbits'")
        if argument["flags"] is not None and flags is None:
            flags = unescape(argument["flags"][1:-1]).decode(errors="replace")
            if not _FLAGS.fullmatch(flags):
                raise statement.mistake(f'knows the flags a w x M S T G, not "{flags}"')
        elif argument["kind"] is not None:
            if argument["kind"] not in _KINDS:
                raise statement.mistake(f"knows the kinds @{' @'.join(_KINDS)}, not @{argument['kind']}")
            zeros = argument["kind"] == "nobits"
        elif flags is None and argument["other"]:
            raise statement.mistake("takes no number here; sections have no parts, and '.section .text.name' makes one")
        end = argument.end()
    try:
        return assembly.section(name, flags, zeros)
    except KeyError:
        message = f'needs flags for the unknown name \'{name}\', such as "aw" or "ax"'
        raise Mistake(f"'{statement.name}' {message}", statement.rest_at, len(found[0].rstrip())) from None


def _section(assembly: Assembly, statement: Statement) -> None:
    assembly.switch(_named(assembly, statement))


def _push_section(assembly: Assembly, statement: Statement) -> None:
    section = _named(assembly, statement)
    assembly.stack.append((assembly.current, assembly.previous))
    assembly.switch(section)


def _pop_section(assembly: Assembly, statement: Statement) -> None:
    if not assembly.stack:
        raise statement.mistake("without a '.pushsection' before it")
    assembly.current, assembly.previous = assembly.stack.pop()


def _previous(assembly: Assembly, statement: Statement) -> None:
    assembly.switch(assembly.previous)


PLACES = (
    *(
        Directive((name,), "", f"go on in section `{name}`", _switch(name))
        for name in (".text", ".data", ".bss", ".rodata")
    ),
    Directive((".section",), 'name, "flags", @kind, ...', "go on in this section: `a` allocated, `w` writable, `x` "
              "executable, `T` thread-local; `@nobits` for zeros that take no room in a file. Sections that are not "
              "allocated, such as notes and what debuggers read, are dropped", _section),
    Directive((".pushsection",), 'name, "flags", @kind, ...', "the same, until `.popsection`", _push_section),
    Directive((".popsection",), "", "go back to where `.pushsection` was", _pop_section),
    Directive((".previous",), "", "go back to the section before this one", _previous),
)  # fmt: skip
