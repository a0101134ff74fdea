"""The messages that are understood: Debug Adapter Protocol, "Specification". Fields are named as on the wire."""

from typing import Any

import msgspec


class Request(msgspec.Struct):
    """What an editor asks; `arguments` are read as the request's own type once it is known."""

    command: str
    seq: int = 0
    arguments: msgspec.Raw = msgspec.Raw(b"{}")


class Response(msgspec.Struct, tag_field="type", tag="response"):
    """The answer to a request; `message` says in one line why it has failed."""

    request_seq: int
    command: str
    success: bool
    body: Any = None
    message: str | None = None
    seq: int = 0


class Event(msgspec.Struct, tag_field="type", tag="event"):
    """What happens without having been asked for."""

    event: str
    body: Any = None
    seq: int = 0


class Nothing(msgspec.Struct):
    """Arguments of which none are looked at."""


class Launch(msgspec.Struct, rename="camel"):
    """Run `program`, where the command line names none, with `args` after its name."""

    program: str | None = None
    args: list[str] = []
    stop_on_entry: bool = False


class Source(msgspec.Struct):
    """A file."""

    path: str | None = None
    name: str | None = None


class SourceBreakpoint(msgspec.Struct):
    """A line to stop at."""

    line: int


class SetBreakpoints(msgspec.Struct):
    """Stop at these lines of a file, and at no others of it."""

    source: Source
    breakpoints: list[SourceBreakpoint] = []


class FunctionBreakpoint(msgspec.Struct):
    """A label to stop at, or an event: `copy`, `pte 0x12000`."""

    name: str


class SetFunctionBreakpoints(msgspec.Struct):
    """Stop at these, and no others."""

    breakpoints: list[FunctionBreakpoint] = []


class SetExceptionBreakpoints(msgspec.Struct):
    """Stop after events of these kinds, and no others."""

    filters: list[str] = []


class OfThread(msgspec.Struct, rename="camel"):
    """What is done with a thread, by lines unless `granularity` is "instruction"."""

    thread_id: int = 0
    granularity: str = "statement"


class OfFrame(msgspec.Struct, rename="camel"):
    """What a stack frame has."""

    frame_id: int


class OfVariable(msgspec.Struct, rename="camel"):
    """What a variable has in it."""

    variables_reference: int


class Disassemble(msgspec.Struct, rename="camel"):
    """Show so many instructions, from some before or after an address on."""

    memory_reference: str
    instruction_count: int
    offset: int = 0
    instruction_offset: int = 0


class Evaluate(msgspec.Struct):
    """A command of the monitor, or the name of a register or label."""

    expression: str
