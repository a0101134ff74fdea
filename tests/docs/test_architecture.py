"""ARCHITECTURE.md repeats what the code and the import contract say, word by word."""

import re
import tomllib
from pathlib import Path

import pytest

from emulator.hardware.translation import walker
from emulator.kernel.steps import fault

TOP = Path(__file__).parents[2]
PAGE = (TOP / "ARCHITECTURE.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("module", [walker, fault], ids=["walk", "fault"])
def test_numbered_steps_are_those_of_the_code(module):
    steps = re.findall(r"^    \d  .*$", module.__doc__, re.MULTILINE)
    assert len(steps) >= 7
    assert "\n".join(steps) in PAGE


def test_floors_are_those_of_the_import_contract():
    config = tomllib.loads((TOP / "pyproject.toml").read_text(encoding="utf-8"))
    layers = config["tool"]["importlinter"]["contracts"][0]["layers"]
    contract = [sorted(re.findall(r"\w+", layer)) for layer in layers]
    rows = re.findall(r"^\| (\d+) \| (.*?) \|", PAGE, re.MULTILINE)
    assert [sorted(re.findall(r"\w+", packages)) for _, packages in rows] == contract
    assert [int(number) for number, _ in rows] == list(range(len(contract), 0, -1))


def test_files_that_the_page_names_exist():
    missing = []
    for name in re.findall(r"`([\w/]+\.(?:py|md|toml))`", PAGE):
        folders = (TOP, TOP / "emulator")
        if not any((folder / name).exists() for folder in folders):
            missing.append(name)
    assert missing == []
