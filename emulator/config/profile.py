"""The profiles that come with the emulator, and reading others from TOML files."""

import tomllib
from pathlib import Path
from typing import Any

from emulator.base.errors import ConfigError, nearest
from emulator.config.schema import Profile, read_profile

SHIPPED = Path(__file__).parent / "profiles"


def profile_names() -> list[str]:
    """Return the names of the shipped profiles, sorted."""
    return sorted(path.stem for path in SHIPPED.glob("*.toml"))


def load_profile(name_or_path: str | Path) -> Profile:
    """Return a shipped profile by name, or the one in the file `name_or_path`, which ends in `.toml`.

    Raises `ConfigError` for an unknown name, and for a file that is unreadable, no TOML, or no profile.
    """
    text = str(name_or_path)
    if text.endswith(".toml"):
        return read_profile(_tables(Path(text), text), text)
    if text not in profile_names():
        known = ", ".join(profile_names())
        raise ConfigError(
            f"profile '{text}' is unknown{nearest(text, profile_names())} (there are {known}; a file ends in .toml)"
        )
    return read_profile(_tables(SHIPPED / f"{text}.toml", f"{text}.toml"), f"{text}.toml")


def _tables(path: Path, shown: str) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"{shown}: cannot read the profile: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{shown}: is no UTF-8 text (byte {error.start})") from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{shown}: is no TOML: {error}") from error
