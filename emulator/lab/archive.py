"""A sweep as an archive, so that others can do it again: what was asked, of which machines, by which version, the rows.

A zip, not compressed, that holds

    manifest.json     its format, who measured (version, hash of the sources), what was asked, a hash of each other file
    machines/N.json   machine number N, whole: each figure with its source
    rows.csv          the rows

The same sweep gives the same bytes.
"""

import hashlib
import io
import zipfile
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import msgspec

from emulator.base.errors import ConfigError, shown
from emulator.config import Profile, parse_flush
from emulator.config.schema import check
from emulator.lab.invalidation.case import Sweep
from emulator.lab.invalidation.row import COLUMNS
from emulator.lab.invalidation.workloads import BY_NAME
from emulator.lab.store import Row, as_csv
from emulator.native.cache import source_hash

FORMAT = "pagewalk archive 1"
MANIFEST, ROWS = "manifest.json", "rows.csv"
# What `zipfile` raises: for no zip, a compression or encryption that it cannot undo, and for a file that is broken off.
NO_ZIP = (zipfile.BadZipFile, RuntimeError, OSError, EOFError, ValueError, zlib.error)
EPOCH = (1980, 1, 1, 0, 0, 0)  # of every file: when a run was made is no part of it


class Asked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The axes of a sweep, None for each workload's own."""

    workloads: list[str]
    strategies: list[str] | None
    pages: list[int] | None
    harts: list[int] | None
    seed: int
    set: dict[str, str]


class Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What an archive says of itself."""

    format: str
    version: str
    sources: str
    asked: Asked
    machines: list[str]  # as rows name them
    files: dict[str, str]  # SHA-256 of each, by name


@dataclass(frozen=True)
class Archive:
    """An archive that was read: the sweep to do again, and the rows that it gave."""

    sweep: Sweep
    rows: bytes
    sources: str


def this_version() -> str:
    """Return the version of this pagewalk."""
    try:
        return version("pagewalk")
    except PackageNotFoundError:
        return "not installed"


def pack(sweep: Sweep, rows: Iterable[Row]) -> bytes:
    """Return the archive of `sweep`, which gave `rows`."""
    files = {machine_file(place): _json(profile) for place, (_, profile) in enumerate(sweep.profiles)}
    files[ROWS] = as_csv(rows, COLUMNS).encode()
    asked = Asked(
        [workload.name for workload in sweep.workloads],
        None if sweep.strategies is None else [str(strategy) for strategy in sweep.strategies],
        None if sweep.pages is None else list(sweep.pages),
        None if sweep.harts is None else list(sweep.harts),
        sweep.seed,
        dict(sorted(sweep.overrides.items())),
    )
    hashes = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    labels = [label for label, _ in sweep.profiles]
    manifest = _json(Manifest(FORMAT, this_version(), source_hash(), asked, labels, hashes))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in {MANIFEST: manifest, **files}.items():
            archive.writestr(zipfile.ZipInfo(name, EPOCH), content)
    return out.getvalue()


def unpack(content: bytes, name: str) -> Archive:
    """Return what the archive `content`, read from `name`, holds.

    Raises ConfigError for what is no archive, one of another version, and one that has lost or changed a file.
    """
    files = _files(content, name)
    manifest = _decoded(files, MANIFEST, Manifest, name)
    if manifest.format != FORMAT:
        raise ConfigError(f"{name}: is a {shown(manifest.format)!r}; {FORMAT!r} is right")
    if manifest.version != this_version():
        raise ConfigError(
            f"{name}: was made by pagewalk {shown(manifest.version)}, and this is {this_version()}; that one is right"
        )
    for file, digest in manifest.files.items():
        if file not in files:
            raise ConfigError(f"{name}: has lost its file {shown(file)}")
        if hashlib.sha256(files[file]).hexdigest() != digest:
            raise ConfigError(f"{name}: its file {shown(file)} has changed since it was made")
    if ROWS not in manifest.files:
        raise ConfigError(f"{name}: has lost its file {ROWS}")
    profiles = [_decoded(files, machine_file(place), Profile, name) for place in range(len(manifest.machines))]
    for place, profile in enumerate(profiles):
        check(profile, f"{name}: {machine_file(place)}")
    return Archive(_sweep(manifest, profiles, name), files[ROWS], manifest.sources)


def machine_file(place: int) -> str:
    """Return the name of the file of machine number `place`."""
    return f"machines/{place}.json"


def difference(before: bytes, now: bytes) -> str:
    """Return the first line in which two files of rows differ, as it is in both; "" where they do not."""
    if before == now:
        return ""
    old, new = before.decode().splitlines(), now.decode().splitlines()
    pairs: Sequence[tuple[str, str]] = list(zip(old, new, strict=False))
    place = next((place for place, (one, other) in enumerate(pairs) if one != other), len(pairs))
    if place >= min(len(old), len(new)):
        return f"{len(old) - 1} rows there, {len(new) - 1} now"
    names, one, other = old[0].split(","), old[place].split(","), new[place].split(",")
    if len(one) != len(other) or place == 0:
        return f"line {place + 1}: {old[place]} there, {new[place]} now"
    column = next(column for column in range(len(one)) if one[column] != other[column])
    what = " ".join(one[:4])
    return f"line {place + 1} ({what}): {names[column]} is {one[column]} there, {other[column]} now"


def _json(value: object) -> bytes:
    return msgspec.json.format(msgspec.json.encode(value), indent=1) + b"\n"


def _files(content: bytes, name: str) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            found = {info.filename: archive.read(info) for info in archive.infolist()}
    except NO_ZIP as error:
        raise ConfigError(f"{name}: is no archive of a run ({error}); `lab invalidation --archive` makes one") from None
    if MANIFEST not in found:
        raise ConfigError(f"{name}: is no archive of a run: it has no {MANIFEST}")
    return found


def _decoded(files: dict[str, bytes], file: str, kind: Any, name: str) -> Any:
    if file not in files:
        raise ConfigError(f"{name}: has lost its file {file}")
    try:
        return msgspec.json.decode(files[file], type=kind)
    except msgspec.DecodeError as error:
        raise ConfigError(f"{name}: its file {file} is none of an archive: {shown(str(error))}") from None


def _sweep(manifest: Manifest, profiles: list[Profile], name: str) -> Sweep:
    asked = manifest.asked
    unknown = [workload for workload in asked.workloads if workload not in BY_NAME]
    if unknown:
        raise ConfigError(f"{name}: asks for the workload {shown(unknown[0])!r}, which there is not")
    return Sweep(
        tuple(BY_NAME[workload] for workload in asked.workloads),
        None if asked.strategies is None else tuple(map(parse_flush, asked.strategies)),
        None if asked.pages is None else tuple(asked.pages),
        None if asked.harts is None else tuple(asked.harts),
        tuple(zip(manifest.machines, profiles, strict=True)),
        asked.seed,
        asked.set,
    )
