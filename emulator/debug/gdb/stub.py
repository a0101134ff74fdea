"""What gdb asks, and what it is answered: packets in, packets out, nothing of how they travel.

A request that cannot be met is answered with an error number, one that is not known with nothing, as gdb wants it.
"""

from collections.abc import Callable

from emulator.base.errors import EmulatorError
from emulator.debug.gdb.files import Files, path_of
from emulator.debug.gdb.packets import escaped, unescaped
from emulator.debug.gdb.replies import stop_reply, thread_id, word
from emulator.debug.gdb.target import PC, REGISTER_BYTES, description, gdb_signal
from emulator.debug.halt import Halt, Why
from emulator.debug.memory import read_as_far
from emulator.debug.monitor import Monitor
from emulator.debug.session import Session, StopAsked
from emulator.machine import Watch

PACKET_BYTES = 0x4000
OK, WRONG, NOT_THERE = b"OK", b"E16", b"E0e"  # EINVAL, EFAULT
FEATURES = (
    *("multiprocess+", "fork-events+", "exec-events+", "vContSupported+", "QStartNoAckMode+"),
    *("ReverseStep+", "ReverseContinue+", "qXfer:features:read+", "qXfer:threads:read+", "qXfer:exec-file:read+"),
)
ANY = (0, -1)
WATCHES = {b"2": (False, True), b"3": (True, False), b"4": (True, True)}  # by type of Z packet: (reads, writes)


class Stub:
    """Answers the packets of one connection; `show` takes text for the user while a request is under way."""

    def __init__(self, session: Session, stop_asked: StopAsked, show: Callable[[str], None]) -> None:
        self.session, self._show = session, show
        self.without_acks = False  # from the next packet on
        self.over = ""  # "detached" or "killed" once gdb has let go
        self._stop_asked = stop_asked
        self._files = Files(session.machine)
        self._monitor = Monitor(session)
        self._pid, self._tid = session.halt.pid, session.halt.tid  # of which registers and memory are asked
        self._multiprocess = False
        self._table: list[tuple[bytes, Callable[[bytes], bytes]]] = [
            (b"qSupported", self._supported),
            (b"QStartNoAckMode", self._start_no_acks),
            (b"QNonStop:", lambda rest: OK if rest == b"0" else WRONG),
            (b"qXfer:", self._transfer),
            (b"qfThreadInfo", lambda rest: b"m" + b",".join(thread_id(*each) for each in self._threads())),
            (b"qsThreadInfo", lambda rest: b"l"),
            (b"qThreadExtraInfo,", self._thread_words),
            (b"qAttached", lambda rest: b"0"),
            (b"qC", lambda rest: b"QC" + thread_id(self._pid, self._tid)),
            (b"qRcmd,", self._command),
            (b"qSymbol", lambda rest: OK),
            (b"vCont?", lambda rest: b"vCont;c;C;s;S;r"),
            (b"vCont;", self._resume),
            (b"vFile:", self._files.answer),
            (b"vKill;", self._kill),
            (b"vMustReplyEmpty", lambda rest: b""),
            (b"H", self._choose),
            (b"T", self._is_alive),
            (b"?", lambda rest: self._reply(self.session.halt)),
            (b"g", self._all_registers),
            (b"G", self._set_all_registers),
            (b"p", self._register),
            (b"P", self._set_register),
            (b"m", self._read),
            (b"M", self._write),
            (b"X", self._write_binary),
            (b"Z", self._insert),
            (b"z", self._remove),
            (b"c", lambda rest: self._resume(b"c")),
            (b"s", lambda rest: self._resume(b"s:" + thread_id(self._pid, self._tid))),
            (b"bc", lambda rest: self._reply(self.session.back(self._stop_asked))),
            (b"bs", lambda rest: self._reply(self.session.step_back(self._tid))),
            (b"D", self._detach),
            (b"k", self._kill),
        ]
        self._table.sort(key=lambda row: -len(row[0]))  # of two that fit, the longer one is meant

    def answer(self, packet: bytes) -> bytes:
        """Return the answer to a packet. What `stop_asked` raises while the run goes on comes through."""
        for prefix, answer in self._table:
            if packet.startswith(prefix):
                try:
                    return answer(packet[len(prefix) :])
                except (EmulatorError, ValueError, IndexError, OverflowError):
                    return WRONG
        return b""

    # what there is

    def _supported(self, rest: bytes) -> bytes:
        self._multiprocess = b"multiprocess+" in rest
        self.session.follows = b"fork-events+" in rest
        return b";".join([b"PacketSize=%x" % PACKET_BYTES, *(name.encode() for name in FEATURES)])

    def _start_no_acks(self, rest: bytes) -> bytes:
        self.without_acks = True
        return OK

    def _transfer(self, rest: bytes) -> bytes:
        what, _, span = rest.rpartition(b":")
        start, size = (int(number, 16) for number in span.split(b","))
        if what.startswith(b"features:read:"):
            content = description().encode()
        elif what.startswith(b"threads:read:"):
            content = self._thread_list()
        elif what.startswith(b"exec-file:read:"):
            pid = int(what.rpartition(b":")[2] or b"%x" % self._pid, 16)
            content = path_of(self.session.processes()[pid].image.program).encode("utf-8", "surrogateescape")
        else:
            return b""
        part = content[start : start + min(size, PACKET_BYTES // 2)]
        return (b"m" if start + len(part) < len(content) else b"l") + escaped(part)

    def _thread_list(self) -> bytes:
        rows = "".join(
            f'<thread id="{thread_id(pid, tid).decode()}">{self._words(pid, tid)}</thread>'
            for pid, tid in self._threads()
        )
        return f'<?xml version="1.0"?><threads>{rows}</threads>'.encode()

    def _threads(self) -> list[tuple[int, int]]:
        return [(pid, thread.tid) for pid, process in self.session.processes().items() for thread in process.threads]

    def _thread_words(self, rest: bytes) -> bytes:
        return self._words(*identity(rest)).encode().hex().encode()

    def _words(self, pid: int, tid: int) -> str:
        thread = self.session.machine.kernel.lives.threads[tid]
        return f"{thread.state.value}, hart {thread.hart}" if thread.hart >= 0 else thread.state.value

    def _choose(self, rest: bytes) -> bytes:
        pid, tid = identity(rest[1:])
        if pid > 0 and pid not in self.session.processes():
            return WRONG
        if rest[:1] == b"g" and (pid, tid) != (0, 0):
            self._pid = pid if pid > 0 else self._pid
            threads = [each for each in self._threads() if each[0] == self._pid]
            self._tid = tid if tid > 0 else (threads[0][1] if threads else 0)
        return OK

    def _is_alive(self, rest: bytes) -> bytes:
        return OK if identity(rest) in self._threads() else WRONG

    def _command(self, rest: bytes) -> bytes:
        text = self._monitor.answer(bytes.fromhex(rest.decode()).decode("utf-8", "replace"), self._pid)
        return text.encode("utf-8", "backslashreplace").hex().encode() or OK

    # registers and memory

    def _registers(self) -> tuple[int, list[int]]:
        pc, values = self.session.control.registers(self._tid)
        return pc, values.tolist()

    def _all_registers(self, rest: bytes) -> bytes:
        pc, values = self._registers()
        return b"".join(map(word, [*values, pc]))

    def _set_all_registers(self, rest: bytes) -> bytes:
        data = bytes.fromhex(rest.decode())
        if len(data) != (PC + 1) * REGISTER_BYTES:
            return WRONG
        for number in range(1, PC + 1):
            self._set(number, data[number * REGISTER_BYTES :][:REGISTER_BYTES])
        return OK

    def _register(self, rest: bytes) -> bytes:
        pc, values = self._registers()
        return word([*values, pc][int(rest, 16)])

    def _set_register(self, rest: bytes) -> bytes:
        number, value = rest.split(b"=")
        self._set(int(number, 16), bytes.fromhex(value.decode()))
        return OK

    def _set(self, number: int, data: bytes) -> None:
        value = int.from_bytes(data, "little")
        if number == PC:
            self.session.control.set_pc(self._tid, value)
        elif number:
            self.session.control.set_register(self._tid, number, value)

    def _read(self, rest: bytes) -> bytes:
        va, size = (int(number, 16) for number in rest.split(b","))
        data = read_as_far(self.session.machine, self._pid, va, min(size, PACKET_BYTES // 2))
        return data.hex().encode() if data or not size else NOT_THERE

    def _write(self, rest: bytes) -> bytes:
        place, data = rest.split(b":")
        return self._write_at(place, bytes.fromhex(data.decode()))

    def _write_binary(self, rest: bytes) -> bytes:
        place, _, data = rest.partition(b":")
        return self._write_at(place, unescaped(data))

    def _write_at(self, place: bytes, data: bytes) -> bytes:
        va, size = (int(number, 16) for number in place.split(b","))
        if len(data) != size:
            return WRONG
        if data:
            self.session.control.write(self._pid, va, data)
        return OK

    # where to stop

    def _insert(self, rest: bytes) -> bytes:
        kind, va, size = self._point(rest)
        if kind in (b"0", b"1"):
            self.session.add_breakpoint(self._pid, va)
        elif kind in WATCHES:
            self.session.add_watch(Watch(self._pid, va, size, *WATCHES[kind]))
        else:
            return b""
        return OK

    def _remove(self, rest: bytes) -> bytes:
        kind, va, size = self._point(rest)
        if kind in (b"0", b"1"):
            self.session.breakpoints.discard((self._pid, va))
        elif kind in WATCHES:
            self.session.remove_watch(Watch(self._pid, va, size, *WATCHES[kind]))
        else:
            return b""
        return OK

    @staticmethod
    def _point(rest: bytes) -> tuple[bytes, int, int]:
        kind, va, size = rest.split(b";")[0].split(b",")
        return kind, int(va, 16), int(size, 16)

    # going on

    def _resume(self, rest: bytes) -> bytes:
        actions = [action.partition(b":") for action in rest.split(b";")]
        action, _, who = actions[0]
        kind, argument = action[:1], action[1:]
        pid, tid = identity(who) if who else ANY
        if kind not in (b"c", b"C", b"s", b"S", b"r"):
            return WRONG
        if not self._passes(int(argument, 16) if kind in (b"C", b"S") else 0):
            return WRONG
        if kind in (b"c", b"C") or tid <= 0:
            return self._reply(self.session.go(self._stop_asked))
        halt = self.session.step(tid, self._stop_asked)
        if kind == b"r":
            start, end = (int(number, 16) for number in argument.split(b","))
            while halt == Halt(Why.STEP, pid, tid) and start <= self.session.control.registers(tid)[0] < end:
                if self._stop_asked():
                    halt = Halt(Why.INTERRUPTED, pid, tid)
                else:
                    halt = self.session.step(tid, self._stop_asked)
        return self._reply(halt)

    def _passes(self, signal: int) -> bool:
        """Let the signal that the run stands before be as gdb wants it, 0 for none; return whether that can be."""
        pending = self.session.control.signal
        if pending is None:
            return signal == 0
        if signal == 0:
            self.session.forget_signal()
        return signal in (0, gdb_signal(pending))

    def _reply(self, halt: Halt) -> bytes:
        registers = None
        if halt.tid:
            self._pid, self._tid = halt.pid, halt.tid
            registers = self._registers()
        if halt.words and halt.why in (Why.WISH, Why.BLOCKED):
            self._show(f"{halt.words}\n")
        return stop_reply(halt, registers)

    def _detach(self, rest: bytes) -> bytes:
        if rest[:1] == b";":
            self.session.detach(int(rest[1:], 16))
        if rest[:1] != b";" or not self.session.processes():
            self.over = "detached"
        return OK

    def _kill(self, rest: bytes) -> bytes:
        pid = int(rest, 16) if rest else 0
        if pid in self.session.processes() and len(self.session.processes()) > 1:
            self.session.kill(pid)
        else:
            self.over = "killed"
        return OK


def identity(text: bytes) -> tuple[int, int]:
    """Return (pid, tid) of a thread as gdb names it: `p1.2`, `p1.-1` (all of one), `-1` (all), `0` (any)."""
    if text.startswith(b"p"):
        pid, _, tid = text[1:].partition(b".")
        return int(pid, 16), int(tid or b"-1", 16)
    number = int(text, 16)
    return (number, number) if number <= 0 else (-1, number)
