"""Which constants figures of the validation depend on, measured: writes `emulator/lab/validation/depends.py` anew.

python -m docs.depends, which takes some minutes.
"""

import re
from pathlib import Path
from textwrap import wrap

from emulator.lab.invalidation.case import Task
from emulator.lab.invalidation.measure import measure
from emulator.lab.store import Row
from emulator.lab.validation import depends
from emulator.lab.validation.perturb import PRICED, SIZES, movers
from emulator.lab.validation.published import FIGURES
from emulator.native import engine

PATH = Path(depends.__file__)
WIDTH = 96


def table(rows: dict[str, list[str]]) -> str:
    """Return the dictionary as its module has it."""
    lines = []
    for name, keys in rows.items():
        words = " ".join(key.removeprefix("price.") for key in keys)
        parts = wrap(words, WIDTH) or [""]
        said = [f'        "{part} "' for part in parts[:-1]] + [f'        "{parts[-1]}"']
        many = len(said) > 1
        lines += [f'    "{name}": (', *said, "    ),"] if many else [f'    "{name}": {said[0].strip()},']
    return "\n".join(["OF_FIGURE = {", *lines, "}"])


def main() -> None:
    """Measure, and write the module."""
    engine.settle()
    rows: dict[str, Row] = {}

    def once(task: Task) -> Row:
        key = repr((task.key, task.profile))
        if key not in rows:
            rows[key] = measure(task)
        return rows[key]

    found = {
        figure.name: [key for keys in (PRICED, SIZES) for key in movers(figure, once, keys)]
        for figure in FIGURES
        if figure.emulated is not None
    }
    text = PATH.read_text()
    PATH.write_text(re.sub(r"OF_FIGURE = \{\n.*?\n\}", lambda _: table(found), text, flags=re.DOTALL))


if __name__ == "__main__":
    main()
