"""What the checker trusts: memory and the TLBs. Its sources are read, and what it may use of the kernel's is listed."""

import ast
from pathlib import Path

import emulator

HOUSE = Path(emulator.__file__).parent
CHECKER = HOUSE / "hardware" / "checker"
HARDWARE = {"checker", "chip", "hart"}
CLOCKS_AND_A_NAME = {"ledger.rows", "allocator.allocated", "task[hart.number].pid"}  # of the kernel's, for what is told
# Who may write memory past the checker.
UNSEEN = {
    "hardware/checker/writes.py",
    "hardware/engine/loop.py",  # its fast path, which leads to no page that is watched
    "hardware/engine/run.py",
    "kernel/programs/image.py",  # storage, which lies beyond memory
    "kernel/io/cache.py",  # storage
    "kernel/memory/slots.py",  # the swap device, beyond memory, too
    "kernel/doors/writing.py",
    "mmu/memory.py",  # memory of an MMU alone, which has no checker
}
WRITING = {"write_word", "write_part", "write_aligned", "copy_page", "clear_page", "write_bytes"}


def uses_of_the_world(path):
    """What a module reads or writes of the world, as written after `world.`, whole."""
    tree = ast.parse(path.read_text())
    inner = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Attribute | ast.Subscript)}
    whole = [
        node for node in ast.walk(tree) if isinstance(node, ast.Attribute | ast.Subscript) and id(node) not in inner
    ]
    return {ast.unparse(node).removeprefix("world.") for node in whole if ast.unparse(node).startswith("world.")}


def test_the_checker_uses_nothing_of_the_kernel_but_two_clocks_and_a_name():
    used = set().union(*map(uses_of_the_world, CHECKER.glob("*.py")))
    assert {use for use in used if use.split(".")[0].split("[")[0] not in HARDWARE} == CLOCKS_AND_A_NAME


def imports_of(path):
    """What a module imports from memory and its house, by name."""
    nodes = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.ImportFrom)]
    memory = [node for node in nodes if node.module == "emulator.hardware.memory"]
    whole = [node for node in nodes if node.module == "emulator.hardware"]
    assert path.name == "host.py" or not any(name.name == "memory" for node in whole for name in node.names), path
    return {name.name for node in memory for name in node.names}


def test_nobody_else_writes_memory_past_the_checker():
    past = {path.relative_to(HOUSE).as_posix() for path in HOUSE.rglob("*.py") if WRITING & imports_of(path)}
    assert past == UNSEEN
