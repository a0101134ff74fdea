"""No module imports one that imports it, however far round: not when loaded, not in a function, not for types alone."""

import ast
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("isa", "emulator")


def modules_of(root, packages):
    """The files of packages by the names of their modules."""
    found = {}
    for path in (path for package in packages for path in (root / package).rglob("*.py")):
        parts = path.relative_to(root).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def imported_by(path, modules):
    """The modules that a file imports, anywhere in it: of `from a import b` it is `a.b`, if there is such a module."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names if name.name in modules)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: names no package"
            names = {f"{node.module}.{name.name}" for name in node.names}
            yield from names & modules.keys()
            if node.module in modules and names - modules.keys():
                yield node.module


def circle_in(root, packages):
    """The modules of one circle, each imported by the next; () if there is none."""
    modules = modules_of(root, packages)
    assert modules
    try:
        TopologicalSorter({name: imported_by(path, modules) for name, path in modules.items()}).prepare()
    except CycleError as error:
        return tuple(error.args[1])
    return ()


def test_no_modules_import_each_other():
    assert circle_in(ROOT, PACKAGES) == ()


def test_a_circle_is_found_though_no_interpreter_would_see_it(tmp_path):
    (tmp_path / "house").mkdir()
    texts = {
        "__init__": "",
        "attic": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from house.cellar import Wine\n",
        "cellar": "def descend():\n    from house import stairs\n",
        "stairs": "import house.attic\n",
        "garden": "from house.attic import View\n",
    }
    for name, text in texts.items():
        (tmp_path / "house" / f"{name}.py").write_text(text)
    assert set(circle_in(tmp_path, ["house"])) == {"house.attic", "house.cellar", "house.stairs"}
