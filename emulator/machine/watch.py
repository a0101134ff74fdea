"""Memory of a process that is watched: before an instruction that accesses some of it a run stops."""

from typing import Any, NamedTuple

from emulator.config.numbers import as_whole
from emulator.look.memory import MOST_ADDRESS
from emulator.world.control import READS, WRITES

USER_END = 1 << 62  # beyond every address of a program: its end is still a signed number
MOST_PIDS = 1 << 31


class Watch(NamedTuple):
    """`size` bytes at `va` of process `pid`: what reads some of it is met with `reads`, what writes, with `writes`.

    A store that changes nothing writes, too, and so does a conditional one that fails. The kernel's accesses in a
    system call are not met.
    """

    pid: int
    va: int
    size: int
    reads: bool = False
    writes: bool = True


def check_watch(watch: Watch) -> None:
    """Raise ConfigError for what no program can access."""
    as_whole(watch.pid, "watch: pid", 0, MOST_PIDS)
    as_whole(watch.va, "watch: va", 0, MOST_ADDRESS)
    as_whole(watch.size, "watch: size", 1, USER_END)


def write_watch(record: Any, watch: Watch) -> None:
    """Write a watch into a record of `world.control`."""
    start = min(watch.va, USER_END)
    record["pid"], record["start"], record["end"] = watch.pid, start, start + watch.size
    record["what"] = READS * watch.reads + WRITES * watch.writes


def read_watch(record: Any) -> Watch:
    """Return the watch that is in a record of `world.control`."""
    start, what = int(record["start"]), int(record["what"])
    return Watch(int(record["pid"]), start, int(record["end"]) - start, bool(what & READS), bool(what & WRITES))
