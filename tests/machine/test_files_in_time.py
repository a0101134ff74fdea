"""Files when a machine's time is walked back and forth: contents, positions, names and mappings are as they were."""

import pytest

from emulator import Machine
from isa import assemble
from tests.kernel.io.test_files import CWD, DATA, FTRUNCATE, UNLINK, opened
from tests.running import PAGE, READ_WRITE, SHARED, call, source

pytestmark = pytest.mark.both_engines

PROGRAM = (
    opened()
    + call("write", "s11", "=text", 8)
    + call("mmap", 0, PAGE, READ_WRITE, SHARED, "s11", 0)
    + "mv s0, a0\nli t0, 5\nsd t0, 8(s0)\n"
    + call("write", "s11", "=more", 8)
    + call(FTRUNCATE, "s11", 4)
    + call(UNLINK, CWD, "=name", 0)
)


def machine(**settings):
    """A machine that will run it."""
    made = Machine(memory="8MiB", **settings)
    made.spawn(assemble(source(PROGRAM, DATA)))
    return made


def seen(made):
    """What there is of files: the bytes of those with names, their frames, positions of those that are open."""
    kernel = made.kernel
    thread = kernel.current
    positions = {} if thread is None else {n: getattr(row.file, "position", 0) for n, row in thread.descriptors}
    return dict(made.result("limit").files), sorted(kernel.files.cache.roots), positions


def test_going_back_shows_files_as_they_were_and_going_on_ends_the_same():
    made, calls = machine(), []
    while made.next("syscall") is not None:
        calls.append((made.now, seen(made)))
    assert len({str(found) for _, found in calls}) >= 5
    for now, found in reversed(calls):
        made.goto(event=now.event)
        assert seen(made) == found
    once, again = made.run(), machine().run()
    assert (once.counters, once.costs, dict(once.files)) == (again.counters, again.costs, dict(again.files))


def test_a_file_of_the_host_is_read_once_even_by_who_goes_back(tmp_path):
    (tmp_path / "file").write_bytes(b"original")
    made = machine(root=tmp_path)
    first = made.step(40)
    assert made.next("syscall") is not None
    found = seen(made)
    (tmp_path / "file").write_bytes(b"later")
    made.back(20)
    made.goto(instruction=first.instruction)
    made.next("syscall")
    assert seen(made) == found
