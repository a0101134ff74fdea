"""The profiles that come with the emulator, and reading others from TOML files."""

import os
import tomllib
from pathlib import Path
from typing import Any

from emulator.base.errors import ConfigError, nearest, shown
from emulator.base.files import read_small
from emulator.config.schema import Profile, read_profile

SHIPPED = Path(__file__).parent / "profiles"
GROUPS = ("tlb", "walk_cache", "cache", "price", "setting")  # tables of rows: a profile replaces them row by row
OWN = ("name", "summary")  # what no profile takes from another


def profile_names() -> list[str]:
    """Return the names of the shipped profiles, sorted."""
    return sorted(path.stem for path in SHIPPED.glob("*.toml"))


def load_profile(name_or_path: str | os.PathLike[str]) -> Profile:
    """Return a shipped profile by name, or the one in the file `name_or_path`, which ends in `.toml`.

    Raises `ConfigError` for an unknown name, and for a file that is unreadable, no TOML, or no profile.
    """
    text = profile_text(name_or_path)
    file = shown(os.fspath(name_or_path)).removesuffix(".toml") + ".toml"
    return read_profile(_completed(_tables(text, file), file), file)


def stated(name: str) -> set[str]:
    """Return the keys of the rows that the shipped profile `name` states itself: `price.pte`, `tlb.l1d`, `dram`."""
    tables = _tables(profile_text(name), name)
    rows = {f"{group}.{row}" for group in GROUPS for row in tables.get(group, {})}
    return rows | {key for key in tables if key not in GROUPS}


def base_of(name: str) -> str:
    """Return the name of the profile that the shipped profile `name` is based on, or ""."""
    return str(_tables(profile_text(name), name).get("based_on", ""))


def profile_text(name_or_path: str | os.PathLike[str]) -> str:
    """Return the TOML of a profile, by name or from a file, as it stands there; raises `ConfigError` as above."""
    if not isinstance(name_or_path, str | os.PathLike):
        raise ConfigError(f"profile: '{shown(name_or_path)}' is no name; a name or the path of a .toml file is right")
    name = os.fsdecode(name_or_path)
    path = Path(name)
    if not name.endswith(".toml"):
        if name not in profile_names():
            known, near = ", ".join(profile_names()), nearest(name, profile_names())
            raise ConfigError(f"profile '{shown(name)}' is unknown{near} (there are {known}; a file ends in .toml)")
        path = SHIPPED / f"{name}.toml"
    try:
        return read_small(path)
    except OSError as error:
        raise ConfigError(f"{shown(name)}: cannot read the profile: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{shown(name)}: is no UTF-8 text (byte {error.start})") from error


def _completed(tables: dict[str, Any], file: str) -> dict[str, Any]:
    """Return `tables` with what they leave out as the shipped profile has it that `based_on` names, if it names one."""
    if "based_on" not in tables:
        return tables
    base = tables["based_on"]
    if not isinstance(base, str) or base not in profile_names():
        near = nearest(base, profile_names()) if isinstance(base, str) else ""
        known = ", ".join(profile_names())
        raise ConfigError(f"{file}: based_on: '{shown(base)}' is no shipped profile{near} (there are {known})")
    whole = _completed(_tables(profile_text(base), f"{base}.toml"), f"{base}.toml")
    whole = {key: value for key, value in whole.items() if key not in OWN}
    for key, value in tables.items():
        rows = key in GROUPS and isinstance(value, dict)
        whole[key] = {**whole.get(key, {}), **value} if rows else value
    del whole["based_on"]
    return whole


def _tables(text: str, file: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{file}: is no TOML: {error}") from error
    except RecursionError:
        raise ConfigError(f"{file}: is no profile: its tables or arrays are nested too deeply") from None
    except ValueError:  # Python reads no number of more digits than it would write again
        raise ConfigError(f"{file}: holds a number of too many digits") from None
