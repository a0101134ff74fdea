"""Logs as lines: `NUMBER KIND FIELD... [OPTION=VALUE...]`; `#` begins a comment."""

from collections.abc import Iterable, Iterator
from typing import IO, BinaryIO

from emulator.audit.record import (
    BY_NAME,
    FIELDS,
    MAGIC,
    OPTIONS,
    PRIVILEGES,
    SHAPES,
    VERSION,
    Field,
    Kind,
    Row,
    misfit,
)
from emulator.audit.space import NAMES, NUMBERS
from emulator.base.errors import LogError, nearest, shown

LONGEST_LINE = 4096
HEADER = MAGIC + b" %d\n" % VERSION


def read_text(file: BinaryIO) -> Iterator[Row]:
    """Yield the records of a log after its header. Raises LogError for a line that is none, and for a log cut short."""
    number = 0
    for line in iter(lambda: file.readline(LONGEST_LINE), b""):
        words = (line.partition(b"#")[0] if b"#" in line else line).split()
        if not words:
            continue
        if words[0] == b"end":
            _check_end(words, number, file)
            return
        number += 1
        if line[-1:] != b"\n":
            raise LogError(number, "is cut short: its line does not end")
        if words[0] != b"%d" % number:
            raise LogError(number, _order(words[0], number))
        yield _row(words, number)
    raise LogError(number + 1, "is missing: the log is cut short, it does not end with `end` and the number of records")


def _row(words: list[bytes], number: int) -> Row:
    """Return the record of one line."""
    if len(words) < 2 or words[1] not in BY_NAME:
        name = words[1].decode(errors="replace") if len(words) > 1 else ""
        near = nearest(name, [known.decode() for known in BY_NAME])
        raise LogError(number, f"'{shown(name)}' is no kind of record{near}")
    kind = BY_NAME[words[1]]
    fields, options, _ = SHAPES[kind]
    given = words[2 : 2 + len(fields)]
    if len(given) < len(fields):
        raise LogError(number, f"{kind.name.lower()} takes {' '.join(fields)}; {fields[len(given)]} is missing")
    row = [int(kind), 0, 0, 0, 0, 0, 0]
    for name, word in zip(fields, given, strict=True):
        if name == "mode":
            row[2] = _mode(word, number)
        else:
            field = FIELDS[name]
            row[field.place] = _number(name, word, field, number)
    for word in words[2 + len(fields) :]:
        key, _, value = word.partition(b"=")
        name = key.decode(errors="replace")
        if name not in options:
            known = f"takes {', '.join(f'{option}=' for option in options)}" if options else "takes no options"
            raise LogError(number, f"'{shown(word.decode(errors='replace'))}': {kind.name.lower()} {known}")
        if name == "mode":
            row[2] |= _privilege(value, number)
        else:
            field = FIELDS[name]
            row[field.place] = _number(name, value, field, number)
            row[2] |= OPTIONS[name]
    return tuple(row)  # type: ignore[return-value]  # seven of them


def _number(name: str, word: bytes, field: Field, number: int) -> int:
    try:
        value = int(word, 0)
    except ValueError:
        raise LogError(number, f"{name} '{shown(word.decode(errors='replace'))}' is no number") from None
    if value % field.multiple or not 0 <= value < field.limit:
        raise LogError(number, misfit(name, value))
    return value


def _mode(word: bytes, number: int) -> int:
    name = word.decode(errors="replace")
    if name not in NUMBERS:
        raise LogError(number, f"mode '{shown(name)}' is none of {', '.join(NUMBERS)}")
    return NUMBERS[name]


def _privilege(word: bytes, number: int) -> int:
    if word not in PRIVILEGES:
        raise LogError(number, f"mode={shown(word.decode(errors='replace'))}: u (user) or s (supervisor) is right")
    return PRIVILEGES[word]


def _order(word: bytes, number: int) -> str:
    try:
        found = int(word)
    except ValueError:
        return f"'{shown(word.decode(errors='replace'))}' is where its number has to be"
    return f"is missing or out of order: record {found} stands in its place"


def _check_end(words: list[bytes], number: int, file: BinaryIO) -> None:
    """Raise LogError unless the last line tells how many records there are, and is the last."""
    if words[1:] != [b"%d" % number]:
        said = b" ".join(words[1:]).decode(errors="replace")
        raise LogError(number + 1, f"is missing: the log says that it has '{shown(said)}' records, and has {number}")
    for line in iter(lambda: file.readline(LONGEST_LINE), b""):
        if line.partition(b"#")[0].strip():
            raise LogError(number + 1, "stands after the end of the log")


def write_text(rows: Iterable[Row], file: IO[bytes]) -> None:
    """Write records as a log."""
    file.write(HEADER)
    number = 0
    for number, row in enumerate(rows, 1):  # how many there were
        file.write(f"{number} {line_of(row)}\n".encode())
    file.write(f"end {number}\n".encode())


def line_of(row: Row) -> str:
    """Return a record as its line has it, without its number."""
    kind, flags = Kind(row[0]), row[2]
    shape = SHAPES[kind]
    words = [kind.name.lower()]
    for name in shape.fields:
        words.append(NAMES[flags] if name == "mode" else _written(name, row[FIELDS[name].place]))
    for name in shape.options:
        if name == "mode":
            words += [f"mode={word.decode()}" for word, flag in PRIVILEGES.items() if flags & flag]
        elif flags & OPTIONS[name]:
            words.append(f"{name}={_written(name, row[FIELDS[name].place])}")
    return " ".join(words)


def _written(name: str, value: int) -> str:
    return str(value) if name in ("hart", "space", "asid") else f"{value:#x}"
