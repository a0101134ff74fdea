"""Logs as lines: `NUMBER KIND FIELD... [OPTION=VALUE...]`; `#` begins a comment."""

from collections.abc import Iterable, Iterator
from typing import IO, BinaryIO, NamedTuple

from emulator.audit.record import (
    FIELDS,
    FLAGS,
    MAGIC,
    OPTIONS,
    SHAPES,
    VERSION,
    WORD_LIMIT,
    Field,
    Kind,
    Row,
)
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


class Plan(NamedTuple):
    """How the line of one kind of record is read."""

    kind: int
    fields: tuple[Field, ...]
    options: dict[bytes, Field]


PLANS = {
    kind.name.lower().encode(): Plan(
        int(kind),
        tuple(FIELDS[name] for name in shape.fields),
        {name.encode(): OPTIONS[name] for name in shape.options},
    )
    for kind, shape in SHAPES.items()
}


def _row(words: list[bytes], number: int) -> Row:
    """Return the record of one line."""
    plan = PLANS.get(words[1]) if len(words) > 1 else None
    if plan is None:
        name = _text(words[1]) if len(words) > 1 else ""
        raise LogError(number, f"'{name}' is no kind of record{nearest(name, map(_text, PLANS))}")
    kind, fields, options = plan
    given, more = words[2 : 2 + len(fields)], words[2 + len(fields) :]
    if len(given) < len(fields):
        takes = " ".join(field.name for field in fields)
        raise LogError(number, f"{_text(words[1])} takes {takes}; {fields[len(given)].name} is missing")
    row = [kind, 0, 0, 0, 0, 0, 0]
    for field, word in zip(fields, given, strict=True):
        row[field.place] = _value(field, word, number)
    for word in more:
        key, _, text = word.partition(b"=")
        option = options.get(key)
        if option is None:
            known = f"takes {', '.join(f'{_text(name)}=' for name in options)}" if options else "takes no options"
            raise LogError(number, f"'{_text(word)}': {_text(words[1])} {known}")
        if row[FLAGS] & option.flag:
            raise LogError(number, f"'{_text(word)}': {option.name} is given already")
        value = _value(option, text, number)
        if option.words is None:
            row[option.place] = value
            row[FLAGS] |= option.flag
        else:
            row[FLAGS] |= value
    return tuple(row)  # type: ignore[return-value]  # seven of them


def _value(field: Field, word: bytes, number: int) -> int:
    """Return what a word says of a field."""
    if field.words is not None:
        if word not in field.words:
            right = ", ".join(map(_text, field.words))
            raise LogError(number, f"{field.name} '{_text(word)}' is none of {right}")
        return field.words[word]
    try:
        value = int(word, 0)
    except ValueError:
        raise LogError(number, f"{field.name} '{_text(word)}' is no number") from None
    if value % field.multiple or not 0 <= value < field.limit:
        raise LogError(number, field.misfit(value))
    return value


def _text(word: bytes) -> str:
    return shown(word.decode(errors="replace"))


def _order(word: bytes, number: int) -> str:
    try:
        found = int(word)
    except ValueError:
        return f"'{_text(word)}' is where its number has to be"
    return f"is missing or out of order: record {found} stands in its place"


def _check_end(words: list[bytes], number: int, file: BinaryIO) -> None:
    """Raise LogError unless the last line tells how many records there are, and is the last."""
    if words[1:] != [b"%d" % number]:
        said = _text(b" ".join(words[1:]))
        raise LogError(number + 1, f"is missing: the log says that it has '{said}' records, and has {number}")
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
    kind, flags = Kind(row[0]), row[FLAGS]
    shape = SHAPES[kind]
    words = [kind.name.lower()]
    words += [_written(FIELDS[name], row) for name in shape.fields]
    for option in (OPTIONS[name] for name in shape.options):
        if option.words is not None:
            words += [f"{option.name}={_text(word)}" for word, flag in option.words.items() if flags & flag]
        elif flags & option.flag:
            words.append(f"{option.name}={_written(option, row)}")
    return " ".join(words)


def _written(field: Field, row: Row) -> str:
    value = row[field.place]
    if field.words is not None:
        return next(_text(word) for word, known in field.words.items() if known == value)
    return str(value) if field.limit < WORD_LIMIT else f"{value:#x}"
