"""The programs that travel with the emulator: `programs/` of a checkout, which is a link, or its copy in a wheel."""

import os
import re
from pathlib import Path

PROGRAMS = (Path(__file__).parents[1] / "programs").resolve()

_QUOTED = re.compile(r'"([^"\n]*)"')


def program_names() -> list[str]:
    """Return the names of all programs, sorted, those in folders, such as `lab/NAME`, last."""
    found = [str(path.relative_to(PROGRAMS).with_suffix("")) for path in PROGRAMS.rglob("*.s")]
    return sorted(found, key=lambda name: ("/" in name, name))


def summary_of(name: str) -> str:
    """Return what a program's first line says of it."""
    with open(PROGRAMS / f"{name}.s", encoding="utf-8") as file:
        return file.readline().lstrip("# ").partition(": ")[2].strip()


def files_of(name: str) -> list[Path]:
    """Return the files that a program needs, itself first: what it includes, and the programs that it turns into.

    Both are named between quotes. Paths are relative to `PROGRAMS`.
    """
    found = [Path(f"{name}.s")]
    for path in found:  # which grows meanwhile
        for word in _QUOTED.findall((PROGRAMS / path).read_text(encoding="utf-8")):
            for file in (word, f"{word}.s"):
                needed = Path(os.path.normpath(path.parent / file))
                if word and needed not in found and (PROGRAMS / needed).is_file():
                    found.append(needed)
    return found
