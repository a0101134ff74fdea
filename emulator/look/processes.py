"""Processes and threads: those that run have their registers in a hart."""

from collections.abc import Iterator
from pathlib import PurePath

from emulator.base.world import World
from emulator.kernel.kernel import Kernel
from emulator.kernel.processes.process import Life, Process, State, Thread
from emulator.state import Process as SeenProcess
from emulator.state import Thread as SeenThread

WORD = (1 << 64) - 1


def processes_of(world: World, kernel: Kernel) -> Iterator[SeenProcess]:
    """Yield the processes that live, and those that have ended and can still be asked for, by number."""
    for process in kernel.lives.processes.values():
        if process.life is not Life.GONE:
            yield _process(world, kernel, process)


def _process(world: World, kernel: Kernel, process: Process) -> SeenProcess:
    image = process.image
    return SeenProcess(
        *(process.pid, process.parent, PurePath(image.program.name).name, image.number, process.life.value),
        process.space if process.alive else -1,
        tuple(_thread(world, kernel, thread) for thread in process.threads),
        *(process.status, process.signal),
    )


def _thread(world: World, kernel: Kernel, thread: Thread) -> SeenThread:
    registers, pc = thread.regs, thread.pc
    if kernel.time.on(thread.hart) is thread:
        record = world.hart[thread.hart]
        registers, pc = record.regs[:32], int(record.pc)
    waits_for = thread.wait.value if thread.state is State.BLOCKED else ""
    numbers = tuple(number & WORD for number in registers.tolist())
    return SeenThread(thread.tid, thread.state.value, waits_for, thread.hart, pc & WORD, numbers)
