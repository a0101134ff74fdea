"""Stop replies: what gdb is told of a halt (GDB manual, "Stop Reply Packets")."""

from emulator.debug.gdb.target import PC, gdb_signal
from emulator.debug.halt import Halt, Why
from emulator.kernel.processes.signals import Signal

TRAP, INTERRUPT = gdb_signal(Signal.SIGTRAP), gdb_signal(Signal.SIGINT)
WORD = (1 << 64) - 1
SP, FP = 2, 8


def thread_id(pid: int, tid: int) -> bytes:
    """Return the identity of a thread as gdb has it."""
    return b"p%x.%x" % (pid, tid)


def word(value: int) -> bytes:
    """Return a register's value in hexadecimal, its first byte first."""
    return (value & WORD).to_bytes(8, "little").hex().encode()


def watch_name(halt: Halt) -> bytes:
    """Return how gdb calls a watchpoint of that kind."""
    assert halt.watch is not None
    if not halt.watch.reads:
        return b"watch"
    return b"awatch" if halt.watch.writes else b"rwatch"


def stop_reply(halt: Halt, registers: tuple[int, list[int]] | None) -> bytes:
    """Return the reply for `halt`; `registers` are the PC and x0-x31 of its thread."""
    if halt.why is Why.ENDED:
        number = halt.value & 0xFF if halt.signal is None else gdb_signal(halt.signal)
        return b"%c%02x;process:%x" % (b"W" if halt.signal is None else b"X", number, halt.pid)
    if halt.why is Why.OVER:
        return b"N"
    signal = {Why.SIGNAL: gdb_signal(halt.value), Why.INTERRUPTED: INTERRUPT}.get(halt.why, TRAP)
    parts = []
    if registers is not None:
        pc, values = registers
        parts = [b"%02x:" % number + word(values[number]) for number in (SP, FP)]
        parts.append(b"%02x:" % PC + word(pc))
    parts.append(b"thread:" + thread_id(halt.pid, halt.tid))
    if halt.why is Why.WATCH:
        parts.append(watch_name(halt) + b":%x" % halt.va)
    elif halt.why is Why.FORKED:
        parts.append(b"fork:" + thread_id(halt.value, halt.value))
    elif halt.why is Why.RUNS:
        parts.append(b"exec:" + halt.words.encode("utf-8", "surrogateescape").hex().encode())
    elif halt.why is Why.BEGINNING:
        parts.append(b"replaylog:begin")
    return b"T%02x" % signal + b";".join(parts) + b";"
