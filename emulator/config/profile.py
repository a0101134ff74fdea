"""The profiles that come with the emulator, and reading others from TOML files."""

import os
import tomllib
from pathlib import Path
from typing import Any

from emulator.base.errors import ConfigError, nearest, shown
from emulator.base.files import read_small
from emulator.config.schema import Profile, read_profile

SHIPPED = Path(__file__).parent / "profiles"


def profile_names() -> list[str]:
    """Return the names of the shipped profiles, sorted."""
    return sorted(path.stem for path in SHIPPED.glob("*.toml"))


def load_profile(name_or_path: str | os.PathLike[str]) -> Profile:
    """Return a shipped profile by name, or the one in the file `name_or_path`, which ends in `.toml`.

    Raises `ConfigError` for an unknown name, and for a file that is unreadable, no TOML, or no profile.
    """
    text = profile_text(name_or_path)
    file = shown(os.fspath(name_or_path)).removesuffix(".toml") + ".toml"
    return read_profile(_tables(text, file), file)


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


def _tables(text: str, file: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{file}: is no TOML: {error}") from error
    except RecursionError:
        raise ConfigError(f"{file}: is no profile: its tables or arrays are nested too deeply") from None
    except ValueError:  # Python reads no number of more digits than it would write again
        raise ConfigError(f"{file}: holds a number of too many digits") from None
