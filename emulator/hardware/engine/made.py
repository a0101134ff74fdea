"""Makes `run.py` of `loop.py`, `carry_out.py` of `seldom.py`, and of the bodies in `meaning/`: `make docs` does so.

By itself: `python -m emulator.hardware.engine.made`.

In the place of a `match` over kinds stands a branch for each instruction: the case of its kind, with its size and body
for `its.size` and `its.result`. They are told apart by equality alone, so that the compiler makes one jump table of
them, and in the order in which plain Python had best ask: FIRST, then as the cases are.

Instructions that access memory share the branch of their kind, but for those of FIRST: what differs is looked up in
SIZE, or told by a function made of their bodies. (With a branch for each the loop is so large that the compiler leaves
on the stack what every instruction needs: additions then take 1.1 times as long.)
"""

import ast
import inspect
import re
import sys
import textwrap
from pathlib import Path
from typing import Any

from emulator.hardware.meaning.table import MEANINGS
from isa.instructions import Op

HERE = Path(__file__).parent
MADE = {"loop.py": "run.py", "seldom.py": "carry_out.py"}
HEAD = '"""Made of `{}` and `meaning/` by `make docs`: read those, and change them."""\n'
FIRST = (Op.LD, Op.SD, Op.ADDI, Op.ADD, Op.BNE)  # the most frequent ones
WIDTH = 120
STEP = " " * 4

Group = list[Any]  # of instructions that share a branch


class Match:
    """A `match` of `loop.py`: where it stands, with the statement before it, and what its cases do."""

    def __init__(self, lines: list[str], its: ast.stmt, match: ast.Match) -> None:
        self.begin, self.end = its.lineno - 1, match.end_lineno or 0
        self.indent = " " * match.col_offset
        self.cases = {}
        for case in match.cases:
            first, last = case.body[0], case.body[-1]
            deeper = first.col_offset - match.col_offset - len(STEP)
            body = [line[deeper:] for line in lines[first.lineno - 1 : last.end_lineno]]
            self.cases[ast.unparse(case.pattern).removeprefix("Kind.")] = "\n".join(body)
        self.otherwise = self.cases.pop("_")

    def groups(self) -> list[Group]:
        """Return the instructions that it has cases for, those together that share a branch."""
        found: list[Group] = [[op] for op in FIRST if MEANINGS[op].kind.name in self.cases]
        for kind in self.cases:
            ops = [op for op, meaning in MEANINGS.items() if meaning.kind.name == kind and op not in FIRST]
            found += [ops] if ops and MEANINGS[ops[0]].size else [[op] for op in ops]
        return found

    def branches(self, names: dict[str, str]) -> list[str]:
        """Return its branches; `names` are what stands there for the names that bodies read."""
        lines, word = [], "if"
        for group in self.groups():
            meaning = MEANINGS[group[0]]
            sizes = {MEANINGS[op].size for op in group}
            size = str(meaning.size) if len(sizes) == 1 else "SIZE[op]"
            result = _call(group) if _differs(group) else _expression(group[0])
            result = re.sub(r"\b[a-z]\w*\b", lambda name: names.get(name[0], name[0]), result)
            case = self.cases[meaning.kind.name].replace("its.size", size).replace("its.result", result)
            lines += [_condition(f"{self.indent}{word} ", group), case]
            word = "elif"
        return [*lines, f"{self.indent}else:", self.otherwise]


def made() -> dict[str, str]:
    """Return what each of the files that are made has to hold, by name."""
    trees = {name: ast.parse((HERE / name).read_text(encoding="utf-8")) for name in MADE}
    parts = {name: _matches((HERE / name).read_text(encoding="utf-8"), tree) for name, tree in trees.items()}
    known = [op for matches in parts.values() for match in matches for group in match.groups() for op in group]
    assert len(known) == len(MEANINGS), "an instruction's kind has no case in the loop"
    return {MADE[name]: _made(name, tree, parts[name]) for name, tree in trees.items()}


def _matches(text: str, tree: ast.Module) -> list[Match]:
    lines = text.splitlines()
    return [Match(lines, its, match) for its, match in zip(_said(tree, "its"), _nodes(tree, ast.Match), strict=True)]


def _made(name: str, tree: ast.Module, matches: list[Match]) -> str:
    """Return what is made of the source `name`."""
    text = (HERE / name).read_text(encoding="utf-8")
    lines = text.splitlines()
    first_function = next(node.lineno for node in tree.body if isinstance(node, ast.FunctionDef)) - 2
    first = next((node.lineno - 1 for node in tree.body if isinstance(node, ast.Assign)), first_function)
    code = [_sizes(), *(lines[first:first_function] or ["", ""])]
    code += [_function(group) for match in matches for group in match.groups() if _differs(group)]
    done, names = first_function, _names(text, tree)
    for match in matches:
        code += [*lines[done : match.begin], *match.branches(names)]
        done = match.end
    body = "\n".join([*code, *lines[done:]]) + "\n"
    return f"{HEAD.format(name)}\n{_imports(body, tree)}\n{body}"


def _nodes(tree: ast.Module, kind: type[ast.AST]) -> list[Any]:
    """Return the nodes of a kind, in order."""
    found: list[Any] = [node for node in ast.walk(tree) if isinstance(node, kind)]
    return sorted(found, key=lambda node: node.lineno)


def _said(tree: ast.Module, name: str) -> list[Any]:
    """Return the annotated assignments to `name`, in order."""
    return [node for node in _nodes(tree, ast.AnnAssign) if ast.unparse(node.target) == name]


def _names(text: str, tree: ast.Module) -> dict[str, str]:
    """Return what `reads` says, if anything: what stands in the loop for the names that bodies read."""
    said = [pair for reads in _said(tree, "reads") for pair in zip(reads.value.keys, reads.value.values, strict=True)]
    return {ast.literal_eval(key): _text(text, value) for key, value in said}


def _text(source: str, node: ast.expr) -> str:
    """Return an expression as it is written, in one line."""
    return " ".join(str(ast.get_source_segment(source, node)).split())


def _expression(op: Any) -> str:
    """Return the expression that the body of an instruction is; nothing if it has none."""
    source = textwrap.dedent(inspect.getsource(MEANINGS[op].body))
    (function,) = ast.parse(source).body
    assert isinstance(function, ast.FunctionDef)
    *before, last = function.body
    assert all(isinstance(node, ast.Expr) for node in before), f"{function.name}: a body is one expression"
    return _text(source, last.value) if isinstance(last, ast.Return) and last.value else ""


def _differs(group: Group) -> bool:
    """Return whether instructions that share a branch have bodies that differ."""
    return len({_expression(op) for op in group}) > 1


def _call(group: Group) -> str:
    """Return the call of the function made of a group's bodies."""
    reads = {name for op in group for name in inspect.signature(MEANINGS[op].body).parameters}
    return f"result_of_{MEANINGS[group[0]].kind.name.lower()}({', '.join(['op', *sorted(reads)])})"


def _function(group: Group) -> str:
    """Return the function made of a group's bodies."""
    same: dict[str, Group] = {}
    for op in group:
        same.setdefault(_expression(op), []).append(op)
    *others, last = same
    lines = ["@hot", f"def {_call(group)}:", f'{STEP}"""Return the result of the body of `op`."""']
    for expression in others:
        lines += [_condition(f"{STEP}if ", same[expression]), f"{STEP}{STEP}return {expression}"]
    return "\n".join([*lines, f"{STEP}return {last}", "\n"])


def _condition(start: str, group: Group) -> str:
    """Return what begins a branch for a group of instructions."""
    conditions = [f"op == Op.{op.name}" for op in group]
    line = f"{start}{' or '.join(conditions)}:"
    if len(line) <= WIDTH:
        return line
    indent = " " * (len(start) - len(start.lstrip()))
    return f"{start}(\n{indent}{STEP}" + f"\n{indent}{STEP}or ".join(conditions) + f"\n{indent}):"


def _sizes() -> str:
    """Return the table of sizes."""
    sizes = ", ".join(str(meaning.size) for meaning in MEANINGS.values())
    rows = textwrap.fill(sizes, WIDTH, initial_indent=STEP * 2, subsequent_indent=STEP * 2)
    head = "SIZE = np.array(  # the bytes that an instruction moves, by `Op`"
    return f"{head}\n{STEP}[\n{rows}\n{STEP}],\n{STEP}np.int64,\n)"


def _imports(code: str, loop: ast.Module) -> str:
    """Return the imports of what `code` uses, from where the loop and the bodies have it."""
    modules = {sys.modules[meaning.body.__module__] for meaning in MEANINGS.values()}
    homes = {
        alias.name: node.module
        for tree in (loop, *(ast.parse(inspect.getsource(module)) for module in modules))
        for node in tree.body
        if isinstance(node, ast.ImportFrom) and node.module
        for alias in node.names
    }
    used = {node.id for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Name)} & homes.keys()
    lines = "import numpy as np\n\n"
    for home in sorted({homes[name] for name in used}):
        # constants, classes, functions
        names = sorted(
            (name for name in used if homes[name] == home), key=lambda name: (not name.isupper(), name.islower(), name)
        )
        line = f"from {home} import {', '.join(names)}"
        if len(line) > WIDTH:
            line = f"from {home} import (\n" + "".join(f"{STEP}{name},\n" for name in names) + ")"
        lines += line + "\n"
    return lines


def main() -> None:
    """Write the files that are made."""
    for name, text in made().items():
        (HERE / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
