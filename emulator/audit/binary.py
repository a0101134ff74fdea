"""Logs as records of fixed size, 40 bytes each, little-endian: read by the block."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import IO, Any, BinaryIO

import numpy as np
import numpy.typing as npt

from emulator.audit.record import FIELDS, MAGIC, OPTIONS, SHAPES, SUPERVISOR, USER, VERSION, Kind, Row
from emulator.audit.space import NAMES
from emulator.base.errors import LogError

HEADER = MAGIC + b" %d binary\n" % VERSION
LAYOUT = np.dtype(
    [
        ("number", "<u8"),
        ("kind", "u1"),
        ("flags", "u1"),
        ("hart", "<u2"),
        ("space", "<u4"),
        ("one", "<u8"),
        ("two", "<u8"),
        ("pc", "<u8"),
    ]
)
ROW = ("kind", "hart", "flags", "space", "one", "two", "pc")  # the fields in the order of a Row
BLOCK = 65536  # records read at a time: 2.6 MB


def read_binary(file: BinaryIO) -> Iterator[Row]:
    """Yield the records of a log after its header. Raises LogError for a record that is none, and for a cut log."""
    number = 1
    while True:
        content = file.read(BLOCK * LAYOUT.itemsize)
        records = np.frombuffer(content[: len(content) - len(content) % LAYOUT.itemsize], LAYOUT)
        good = _good(records, number)
        yield from zip(*(records[:good][name].tolist() for name in ROW), strict=True)
        number += good
        if good < len(records):
            _check_end(records[good], number)
            if len(records) > good + 1 or len(content) % LAYOUT.itemsize or file.read(1):
                raise LogError(number, "stands after the end of the log")
            return
        if len(content) % LAYOUT.itemsize:
            raise LogError(number, f"is cut short: {len(content) % LAYOUT.itemsize} of its {LAYOUT.itemsize} bytes")
        if not len(records):
            raise LogError(number, "is missing: the log is cut short, it has no end record")


def _good(records: npt.NDArray[Any], number: int) -> int:
    """Return how many of `records`, the first of which has to be `number`, are records as they should be."""
    right = records["number"] == np.arange(number, number + len(records), dtype=np.uint64)
    right &= (records["kind"] > Kind.END) & (records["kind"] <= max(Kind))
    one, kinds = records["one"], records["kind"]
    right &= (kinds != Kind.PTE) | (one % 8 == 0)
    right &= ~np.isin(kinds, (Kind.SPACE, Kind.FREE, Kind.TAKE)) | (one % 4096 == 0)
    right &= (kinds != Kind.SPACE) | np.isin(records["flags"], list(NAMES)) & (records["two"] < FIELDS["asid"].limit)
    allowed = np.zeros(256, np.uint8)
    for kind, shape in SHAPES.items():
        allowed[kind] = sum(OPTIONS[name].flag for name in shape.options)
    allowed[Kind.SPACE] = 0xFF
    both = USER | SUPERVISOR
    right &= (records["flags"] & ~allowed[kinds] == 0) & ((kinds == Kind.SPACE) | (records["flags"] & both != both))
    return int(right.argmin()) if len(right) and not right.all() else len(right)


def _check_end(record: Any, number: int) -> None:
    """Raise LogError, saying what is wrong with `record`, unless it ends a log of `number - 1` records."""
    first = {name: int(record[name]) for name in LAYOUT.names or ()}
    if first["number"] != number:
        raise LogError(number, f"is missing or out of order: record {first['number']} stands in its place")
    if first["kind"] == Kind.END:
        if first["one"] != number - 1:
            raise LogError(number, f"is missing: the log says that it has {first['one']} records, and has {number - 1}")
        return
    if first["kind"] not in set(SHAPES):
        raise LogError(number, f"its kind {first['kind']} is none of 0..{max(Kind)}")
    kind = Kind(first["kind"])
    values = {"root": first["one"], "frame": first["one"], "address": first["one"], "asid": first["two"]}
    for name in SHAPES[kind].fields:
        if name in values and (wrong := FIELDS[name].misfit(values[name])):
            raise LogError(number, wrong)
    raise LogError(number, f"flags {first['flags']:#x} mean nothing in a {kind.name.lower()} record")


def write_binary(rows: Iterable[Row], file: IO[bytes]) -> None:
    """Write records as a log."""
    file.write(HEADER)
    rows, number = iter(rows), 1
    while block := list(islice(rows, BLOCK)):
        records = np.zeros(len(block), LAYOUT)
        records["number"] = np.arange(number, number + len(block))
        for name, column in zip(ROW, zip(*block, strict=True), strict=True):
            records[name] = np.array(column, dtype=LAYOUT[name])
        file.write(records.tobytes())
        number += len(block)
    end = np.zeros(1, LAYOUT)
    end["number"], end["kind"], end["one"] = number, Kind.END, number - 1
    file.write(end.tobytes())
