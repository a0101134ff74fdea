"""A script for `interpreter.s`: commands, the results that they must have, what handlers must find, and the one run."""

import struct
from functools import cache
from pathlib import Path

from emulator import Machine
from emulator.base.shipped import PROGRAMS
from isa import Program
from tests.running import NUMBERS, check

CONTROL, RESULTS, LOG, BUFFER, COMMAND, DATA = 0x60000000, 0x20000, 0x24000, 0xE0000, 128, 72
LOAD, STORE, CLONE, LOGGED_ALL, THREAD_GONE, PROCESS_GONE = range(-1, -7, -1)
MOST_COMMANDS, MOST_RECORDS, RECORD = 1000, 600, struct.Struct("<8q")
STRETCH, MOST_STRETCHES = 10_000, 100  # instructions between two looks at the frames

NUMBERS = NUMBERS | {
    "dup": 23,
    "dup3": 24,
    "unlinkat": 35,
    "ftruncate": 46,
    "openat": 56,
    "close": 57,
    "pipe2": 59,
    "lseek": 62,
    "pread64": 67,
    "pwrite64": 68,
    "tgkill": 131,
    "rt_sigaction": 134,
    "rt_sigprocmask": 135,
    "rt_sigpending": 136,
}


def signed(value):
    """The 64 bits of a number as a signed one."""
    return (value + (1 << 63)) % (1 << 64) - (1 << 63)


class Script:
    """Commands so far. A result None is not looked at: the thread ends."""

    def __init__(self):
        self.commands, self.expected, self.log = [], [], []
        self.input, self.output = b"", b""

    def command(self, number, what, *arguments, result=None, data=b""):
        """Add a command of thread `number`; the next one may begin before it is over if it has no result."""
        words = struct.pack("<9q", number, what, result is None, *map(signed, arguments), *[0] * (6 - len(arguments)))
        assert len(data) <= COMMAND - DATA
        self.commands.append((words + data).ljust(COMMAND, b"\0"))
        self.expected.append(result)

    def data(self):
        """Where the data of the next command will be."""
        return CONTROL + COMMAND * len(self.commands) + DATA

    def call(self, number, name, *arguments, result, data=b""):
        """Add a system call."""
        self.command(number, NUMBERS[name], *arguments, result=result, data=data)

    def show(self, number, address, size, content):
        """Write memory of a thread to the output, where it must be `content`; None for memory that it may not read."""
        self.output += content or b""
        self.call(number, "write", 1, address, size, result=-14 if content is None else len(content))

    def run(self, **settings):
        """Run it on a machine, standing still now and then; fail at the first thing that is not as it must be."""
        records = b"".join(RECORD.pack(*map(signed, record), *[0] * (8 - len(record))) for record in self.log)
        self.show(0, CONTROL + LOG, len(records), records)
        results = len(self.expected)
        self.call(0, "write", 1, CONTROL + RESULTS, 8 * results, result=8 * results)
        self.command(-1, 0)
        assert len(self.commands) < MOST_COMMANDS
        assert len(self.log) < MOST_RECORDS
        script = b"".join(self.commands)
        # At its end a read of standard input would be 0, not EFAULT.
        machine = Machine(
            memory="8MiB",
            stdin=struct.pack("<q", len(script)) + script + self.input + bytes(8),
            check_stale=True,
            ledger=True,
            root=PROGRAMS,
            **settings,
        )
        machine.spawn(interpreter())
        result = machine.run(STRETCH)
        for _ in range(MOST_STRETCHES):
            if result.ended != "limit":
                break
            result = machine.run(STRETCH)
        self.compare(result, bytes(machine.core.streams.out), len(records), results)

    def compare(self, result, out, log_bytes, results):
        """Results first: the first wrong one says most."""
        assert result.ended == "exit", f"stands at a command that is not over; of them there are {results}"
        told = struct.unpack(f"<{results}q", out[len(out) - 8 * results :])
        for place, (got, wanted) in enumerate(zip(told, self.expected, strict=False)):
            words = struct.unpack_from("<9q", self.commands[place])
            assert wanted in (None, got), f"command {place}, {words}: {got}, not {wanted}"
        log = list(RECORD.iter_unpack(out[len(out) - 8 * results - log_bytes : len(out) - 8 * results]))
        assert log == [(*map(signed, record), *[0] * (8 - len(record))) for record in self.log]
        assert out[: -8 * results] == self.output
        assert result.exit_status == 0
        check(result)


@cache
def interpreter():
    return Program.load(Path(__file__).parent / "interpreter.s")
