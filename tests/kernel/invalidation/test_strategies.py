"""A strategy is a row and a module: the kernel asks for it where it can step in, and names none."""

import ast
import inspect
import re
import shutil
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from emulator.config.strategies import BY_NAME, STRATEGIES
from emulator.kernel.invalidation import hooks

ROOT = Path(__file__).parents[3]
TABLE = "emulator/config/strategies.py"
INVALIDATION = "emulator/kernel/invalidation"
MODULES = [strategy for strategy in STRATEGIES if strategy.group != "reach"]
HOOKS = {name: value for name, value in vars(hooks).items() if getattr(value, "__module__", "") == hooks.__name__}
PROGRAM = "programs/shootdown.s"
RUN = f"""
from emulator import Machine
from isa import Program
machine = Machine(harts=3, memory="4MiB", engine="plain", flush="FLUSH")
machine.spawn(Program.load("{PROGRAM}"))
print(machine.run().cycles)
"""


def answers(strategy):
    """The functions of a strategy's module that `hooks` asks for."""
    module = import_module(f"{INVALIDATION.replace('/', '.')}.{strategy.path}")
    own = {name: value for name, value in vars(module).items() if inspect.isfunction(value)}
    return {name: value for name, value in own.items() if value.__module__ == module.__name__}


@pytest.mark.parametrize("strategy", MODULES, ids=lambda strategy: strategy.name)
def test_a_strategy_defines_nothing_but_what_the_kernel_asks_for(strategy):
    own = answers(strategy)
    assert own
    for name, function in own.items():
        assert inspect.signature(function) == inspect.signature(HOOKS[name]), name


def test_whatever_the_kernel_asks_for_some_strategy_has_an_answer_to():
    assert {name for strategy in MODULES for name in answers(strategy)} == set(HOOKS) - {"asks"}


@pytest.mark.parametrize("strategy", MODULES, ids=lambda strategy: strategy.name)
def test_no_other_file_names_a_strategy(strategy):
    """Its field is read and its module named in the module itself; the table names that of a postponed one."""
    named = re.compile(rf"policy\.{strategy.field}\b|(strategies|postponed)(\.| import .*\b){strategy.field}\b")
    own = f"{INVALIDATION}/{strategy.path.replace('.', '/')}.py"
    files = (path.relative_to(ROOT).as_posix() for path in (ROOT / "emulator").rglob("*.py"))
    assert [file for file in files if named.search((ROOT / file).read_text())] in ([own], [TABLE], [])


@pytest.mark.parametrize("strategy", STRATEGIES, ids=lambda strategy: strategy.name)
def test_what_a_strategy_contradicts_is_one(strategy):
    assert strategy.against.keys() <= BY_NAME.keys() - {strategy.name}


def without(tree, name):
    """A copy of the emulator in `tree` without the strategy `name`: its row and its module are gone, all else stays."""
    shutil.copytree(ROOT / "emulator", tree / "emulator", symlinks=True, ignore=shutil.ignore_patterns("__pycache__"))
    for beside in ("isa", "programs"):
        (tree / beside).symlink_to(ROOT / beside)
    (tree / INVALIDATION / f"{BY_NAME[name].path.replace('.', '/')}.py").unlink()
    lines = (tree / TABLE).read_text().splitlines()
    for call in ast.walk(ast.parse("\n".join(lines))):
        is_row = isinstance(call, ast.Call) and ast.unparse(call.func) == "Strategy"
        if is_row and ast.unparse(call.args[0]) == repr(name):
            del lines[call.lineno - 1 : call.end_lineno]
    (tree / TABLE).write_text("\n".join(lines))


def run(tree, flush):
    """Run the program under `flush` with the emulator that is in `tree`."""
    code = RUN.replace("FLUSH", flush)
    return subprocess.run([sys.executable, "-c", code], cwd=tree, capture_output=True, text=True, check=False)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["abis", "latr", "gen", "directory", "gather"])
def test_without_its_row_and_its_module_a_strategy_is_unknown_and_all_others_are_as_they_were(name, tmp_path):
    without(tmp_path, name)
    other = "ceiling:1+lazy"
    assert run(tmp_path, other).stdout == run(ROOT, other).stdout != ""
    assert f"'{name}' is no flush strategy" in run(tmp_path, f"asid+{name}").stderr
    assert run(ROOT, f"asid+{name}:1" if BY_NAME[name].argument else f"asid+{name}").returncode == 0
