"""Macros: what `.macro` defines, how a call's arguments are read, and what a body becomes.

Also the two ways to read arguments that `.irp` and `.irpc` share with them. All of it is GNU as's, whose manual leaves
much of it unsaid; `tests/isa/test_gnu_macros.py` holds it against GNU as.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from isa.errors import Mistake, nearest
from isa.scrub import scrubbed
from isa.statements import Statement, Text

_TOKEN = r"(?:[^\W\d]|[.$])[\w.$]*"
_PARAMETER = re.compile(rf"(?P<name>{_TOKEN})\s*(?::\s*(?P<kind>\w+)\s*)?(?P<default>=)?")
_NAME = re.compile(rf"\s*(?P<name>{_TOKEN})\s*,?\s*")
_KEYWORD = re.compile(rf"(?P<name>{_TOKEN})=")
_USE = re.compile(rf"\\(?:\((?P<literal>[^)]*)\)|(?P<count>@)|(?P<kept>&)|(?P<name>{_TOKEN})'?)|&(?P<joined>{_TOKEN})")


@dataclass(frozen=True, slots=True)
class Parameter:
    """One formal parameter; `kind` is `req`, `vararg` or nothing."""

    name: str
    kind: str = ""
    default: str = ""


@dataclass(frozen=True, slots=True)
class Macro:
    """What `.macro` defined: its statement, its parameters, and the texts of its body."""

    definition: Statement
    name: str
    parameters: tuple[Parameter, ...]
    body: tuple[Text, ...]

    def arguments(self, call: Statement) -> dict[str, str]:
        """What the parameters stand for in `call`; raises `Mistake`."""
        text = scrubbed(call.rest)
        given: dict[str, str] = {}
        at, position, by_name = 0, 0, False
        while at < len(text):
            keyword = _KEYWORD.match(text, at)
            if keyword:
                by_name = True
                name = keyword["name"]
                if all(parameter.name != name for parameter in self.parameters):
                    hint = nearest(name, [parameter.name for parameter in self.parameters])
                    raise call.mistake(f"has no parameter '{name}'{hint}")
                given[name], at = argument(text, keyword.end())
            elif by_name:
                raise call.mistake("takes arguments by position only before those by name")
            elif position == len(self.parameters):
                raise call.mistake(f"takes {position} argument{'s' * (position != 1)}, and here are more")
            else:
                parameter = self.parameters[position]
                if parameter.kind == "vararg":
                    given[parameter.name], at = text[at:], len(text)
                else:
                    given[parameter.name], at = argument(text, at)
                position += 1
            at = behind_comma(text, at)
        for parameter in self.parameters:
            if parameter.kind == "req" and not given.get(parameter.name):
                raise call.mistake(f"needs a value for '{parameter.name}'")
        return {parameter.name: given.get(parameter.name) or parameter.default for parameter in self.parameters}


def defined(statement: Statement, body: tuple[Text, ...]) -> Macro:
    """The macro that a `.macro` statement with `body` defines; raises `Mistake`."""
    text = scrubbed(statement.rest)
    found = _NAME.match(text)
    if found is None:
        raise statement.mistake("takes a name, such as '.macro push reg'")
    parameters: list[Parameter] = []
    at = found.end()
    while at < len(text):
        parameter = _PARAMETER.match(text, at)
        if parameter is None or parameter["kind"] not in (None, "req", "vararg"):
            raise statement.mistake("takes parameters such as 'a', 'a=default', 'a:req' and at the end 'a:vararg'")
        if any(parameter["name"] == before.name for before in parameters):
            raise statement.mistake(f"has two parameters '{parameter['name']}'")
        default, at = argument(text, parameter.end()) if parameter["default"] else ("", parameter.end())
        parameters.append(Parameter(parameter["name"], parameter["kind"] or "", default))
        at = behind_comma(text, at)
    return Macro(statement, found["name"].lower(), tuple(parameters), body)


def argument(text: str, at: int) -> tuple[str, int]:
    """The argument at `at` of a scrubbed text, and where it ends: in quotes, or up to a blank or a comma."""
    if text[at : at + 1] == '"':
        return _quoted(text, at)
    start, depth = at, 0
    while at < len(text):
        letter = text[at]
        if letter in "\"'":
            end = text.find(letter, at + 1)
            if end < 0:
                return text[start:], len(text)
            at = end
        elif letter in "([":
            depth += 1
        elif letter in ")]":
            depth -= depth > 0
        elif letter == "," or (letter == " " and not depth):
            break
        at += 1
    return text[start:at], at


def _quoted(text: str, at: int) -> tuple[str, int]:
    """Strings side by side, without their quotes; two quotes in a string are one."""
    out: list[str] = []
    while text[at : at + 1] == '"':
        at += 1
        while at < len(text):
            if text[at] == "\\":
                out.append(text[at : at + 2])
                at += 2
                continue
            if text[at] == '"':
                at += 1
                if text[at : at + 1] != '"':
                    break
            out.append(text[at])
            at += 1
    return "".join(out), at


def behind_comma(text: str, at: int) -> int:
    """Where the next argument begins: behind blanks and one comma."""
    while text[at : at + 1] == " ":
        at += 1
    if text[at : at + 1] == ",":
        at += 1
    while text[at : at + 1] == " ":
        at += 1
    return at


def letters(text: str, at: int) -> Iterator[str]:
    """The letters that `.irpc` goes over; blanks count only in quotes."""
    quoted = text[at : at + 1] == '"'
    at += quoted
    while at < len(text):
        if text[at] == '"':
            quoted = not quoted
            if not text[at + 1 :].strip():
                return
        yield text[at]
        at += 1
        while not quoted and text[at : at + 1] == " ":
            at += 1


def substituted(body: str, values: Mapping[str, str], count: int) -> str:
    r"""`body` with `values` for `\name`, `count` for `\@`, and nothing for `\()`."""
    if "\\" not in body and "&" not in body:
        return body

    def replaced(found: re.Match[str]) -> str:
        if found["literal"] is not None:
            return found["literal"]
        if found["count"]:
            return str(count)
        name = found["name"] or found["joined"]
        if name is None or name not in values:
            return found[0]
        return values[name]

    return _USE.sub(replaced, body)


def parameter_name(text: str) -> tuple[str, int]:
    """The name that `.irp` and `.irpc` begin with, and where what it stands for begins; no name if there is none."""
    found = _NAME.match(text)
    return (found["name"], found.end()) if found else ("", 0)


def missing_end(statement: Statement, end: str) -> Mistake:
    """A body has no end."""
    return statement.mistake(f"is never closed with '{end}'")
