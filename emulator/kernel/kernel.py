"""The kernel as Python sees it: processes, their lives, and what becomes of a trap that compiled code hands up."""

from collections.abc import Callable, Sequence

import numpy as np

from emulator.base.names import Cost, Counter, Event, Fault, Price, Trap
from emulator.config import Config
from emulator.kernel import entries, stack
from emulator.kernel.address_space import NO_SPACE
from emulator.kernel.files import Images
from emulator.kernel.image import Image, OutOfFrames
from emulator.kernel.process import Process, State
from emulator.kernel.scheduler import Scheduler
from emulator.kernel.signals import Signal, ends
from emulator.kernel.streams import Streams
from emulator.kernel.usercopy import UserMemory
from emulator.kernel.world import World

HART = 0
SP, A0, A7 = 2, 10, 17
RANDOM_BYTES = 16

TRAP_SIGNALS = {
    Trap.BREAKPOINT: Signal.SIGTRAP,
    Trap.ILLEGAL: Signal.SIGILL,
    Trap.MISALIGNED_FETCH: Signal.SIGBUS,
}


class Kernel:
    """All processes of a machine, and the hart that they share.

    `drain` is called when the event buffer is full; it must empty it.
    """

    def __init__(
        self, world: World, config: Config, images: Images, streams: Streams, drain: Callable[[], None]
    ) -> None:
        self.world = world
        self.images = images
        self.streams = streams
        self.scheduler = Scheduler()
        self.processes: dict[int, Process] = {}
        self.current: Process | None = None
        self.user = UserMemory(world, HART, drain)
        self.slice_ends = 0
        self._drain = drain
        self._quantum = config.quantum
        self.clock_ghz = config.profile.clock_ghz
        self._last: Process | None = None
        self._next_pid = 1
        self._random = np.random.default_rng(config.seed)
        self._hart = world.harts[HART : HART + 1]
        self._record = world.kernels

    # what the hart holds

    @property
    def clock(self) -> int:
        """Cycles so far."""
        return int(self._hart["clock"][0])

    @property
    def _pc(self) -> int:
        return int(self._hart["pc"][0])

    def count(self, counter: Counter, amount: int = 1) -> None:
        """Add to a counter of the hart."""
        self._hart["count"][0, counter] += amount

    def register(self, number: int) -> int:
        """Return register x`number` of the running process."""
        return int(self._hart["regs"][0, number])

    def set_result(self, value: int) -> None:
        """Set a0 of the running process."""
        self._hart["regs"][0, A0] = value

    def note(self, kind: Event, pages: int = 0, value: int = 0, va: int = 0, pc: int | None = None) -> None:
        """Record an event of the running process, at `pc` unless that is where the hart stands."""
        entries.note(self.world, HART, kind.value, self._pc if pc is None else pc, va, pages, value)

    def leave_call(self) -> None:
        """Book the return from a system call."""
        entries.pay(self.world, HART, Cost.TRAP_RETURN.value, Price.CALL_RETURN.value)

    def heap(self, process: Process) -> tuple[int, int]:
        """Return where the heap of `process` begins and ends (brk)."""
        space = self._record["space"][0, process.space]
        return int(space["brk_start"]), int(space["brk"])

    def set_heap(self, process: Process, end: int) -> None:
        """Set where the heap of `process` ends."""
        self._record["space"][0, process.space]["brk"] = end

    # lives

    def spawn(self, image: Image, argv: Sequence[bytes], envp: Sequence[bytes] = ()) -> Process:
        """Return a new process that runs `image`. Raises OutOfFrames, nothing held, when memory does not suffice."""
        process = Process(self._take_pid(), 0, NO_SPACE, image)
        self._identify(process)
        space, pc, sp = self.build_space(process, image, argv, envp)
        process.space, process.pc = space, pc
        process.regs[SP] = sp
        self.processes[process.pid] = process
        self.note(Event.EXEC, value=image.number)
        self.scheduler.add(process)
        return process

    def build_space(
        self, process: Process, image: Image, argv: Sequence[bytes], envp: Sequence[bytes]
    ) -> tuple[int, int, int]:
        """Return (space, entry, stack pointer) of a new space with `image` and its first stack. Raises OutOfFrames."""
        sp, content = stack.lay_out(image.program, argv, envp, self._random.bytes(RANDOM_BYTES))
        entries.pay(self.world, HART, Cost.KERNEL_SYSCALL.value, Price.PROCESS.value)
        space = int(entries.create_space(self.world, HART, process.pid))
        if space == NO_SPACE:
            raise OutOfFrames
        image.join()
        try:
            image.load(self.world, HART, space)
            stack.build(self.world, HART, space, sp, content)
        except OutOfFrames:
            entries.destroy_space(self.world, HART, space)
            image.leave(self.world, HART)
            raise
        top = max(segment.end for segment in image.program.segments)
        entries.set_break(self.world, space, top)
        return space, image.program.entry, sp

    def fork(self, parent: Process, child_stack: int, share_space: bool) -> Process | None:
        """Return a child of the running `parent`, which sees 0 as its result; None when memory does not suffice."""
        child = Process(self._take_pid(), parent.pid, parent.space, parent.image)
        entries.pay(self.world, HART, Cost.KERNEL_SYSCALL.value, Price.PROCESS.value)
        if share_space:
            entries.share_space(self.world, parent.space)
        else:
            child.space = int(entries.create_space(self.world, HART, child.pid))
            if child.space == NO_SPACE:
                return None
            if not entries.fork_space(self.world, HART, parent.space, child.space, self.register(SP)):
                entries.destroy_space(self.world, HART, child.space)
                return None
        parent.image.join()
        child.regs[:] = self._hart["regs"][0, :32]
        child.regs[A0] = 0
        if child_stack:
            child.regs[SP] = child_stack
        child.pc = self._pc
        self.processes[child.pid] = child
        parent.children.append(child)
        self.scheduler.add(child)
        return child

    def exec(self, process: Process, image: Image, argv: Sequence[bytes], envp: Sequence[bytes]) -> None:
        """Let the running `process` run `image` from its entry. Raises OutOfFrames, the process as it was."""
        space, pc, sp = self.build_space(process, image, argv, envp)
        entries.destroy_space(self.world, HART, process.space)
        process.image.leave(self.world, HART)
        process.image, process.space = image, space
        self._identify(process)
        self._hart["regs"][0, :] = 0
        self._hart["regs"][0, SP] = sp
        self._hart["pc"] = pc
        entries.enter_space(self.world, HART, space)
        self.note(Event.EXEC, value=image.number)
        self._end_vfork(process)

    def end(self, process: Process, status: int | None, signal: int | None = None, va: int = 0) -> None:
        """End `process` with an exit status or a signal: give back what it holds, tell who waits for it.

        `va` is the address whose access led to the signal, 0 for none.
        """
        running = self.current
        self._identify(process)
        entries.pay(self.world, HART, Cost.KERNEL_SYSCALL.value, Price.PROCESS.value)
        entries.destroy_space(self.world, HART, process.space)
        process.image.leave(self.world, HART)
        process.status, process.signal, process.retry = status, signal, None
        if signal is not None:
            self.note(Event.SIGNAL, pages=signal, va=va, pc=self._pc if process is running else process.pc)
        else:
            self.note(Event.EXIT, value=status or 0)
        self._end_vfork(process)
        parent = self.processes.get(process.parent)
        process.state = State.ZOMBIE if parent is not None and parent.alive else State.GONE
        for child in process.children:
            child.parent = 0
            if child.state is State.ZOMBIE:
                child.state = State.GONE
        process.children.clear()
        if parent is not None:
            self._wake(parent)
        if process is running:
            self.current = None
        elif running is not None:
            self._identify(running)

    def kill(self, process: Process, signal: int) -> None:
        """Send a signal to `process`."""
        if process.alive and ends(signal):
            self.end(process, None, signal)

    def reap(self, process: Process, child: Process) -> None:
        """Let the ended `child` go: `process` has been told its status."""
        child.state = State.GONE
        process.children.remove(child)

    def _take_pid(self) -> int:
        self._next_pid += 1
        return self._next_pid - 1

    def _identify(self, process: Process) -> None:
        """Let events name `process`."""
        self._record["pid"], self._record["image"] = process.pid, process.image.number

    def _end_vfork(self, process: Process) -> None:
        if process.vfork_parent:
            self._wake(self.processes[process.vfork_parent])
            process.vfork_parent = 0

    def _wake(self, process: Process) -> None:
        if process.state is State.BLOCKED:
            self.scheduler.add(process)

    # the hart's time

    def dispatch(self) -> Process | None:
        """Return the process that has the hart, giving it to the next one if it is free; None when none is ready."""
        while self.current is None:
            process = self.scheduler.next()
            if process is None:
                return None
            self._switch_to(process)
            if process.retry is not None:
                self._try_again(process)
        return self.current

    def give_way(self) -> None:
        """Take the hart from the running process, if another one is ready; it runs again after those."""
        if self.current is not None and self.scheduler.others_wait:
            self._save(self.current)
            self.scheduler.add(self.current)
            self.current = None
        self.slice_ends = self.clock + self._quantum

    def block(self, process: Process, retry: Callable[[], int | None]) -> None:
        """Let the running `process` wait: `retry` is asked for the system call's result whenever it is woken."""
        process.retry = retry
        process.state = State.BLOCKED
        self._save(process)
        self.current = None

    def _try_again(self, process: Process) -> None:
        assert process.retry is not None
        retry = process.retry
        result = retry()
        if self.current is not process:
            return
        if result is None:
            self.block(process, retry)
        else:
            process.retry = None
            self.leave_call()
            self.set_result(result)

    def _save(self, process: Process) -> None:
        process.regs[:] = self._hart["regs"][0, :32]
        process.pc = self._pc

    def _switch_to(self, process: Process) -> None:
        if self._last is not None and self._last is not process:
            self.count(Counter.CONTEXT_SWITCHES)
            entries.pay(self.world, HART, Cost.KERNEL_SWITCH.value, Price.SWITCH.value)
        self._hart["regs"][0, :32] = process.regs
        self._hart["pc"] = process.pc
        self._identify(process)
        entries.enter_space(self.world, HART, process.space)
        process.state = State.RUNNING
        self.current = self._last = process
        self.slice_ends = self.clock + self._quantum

    # traps

    def take(self, trap: Trap) -> None:
        """Deal with a trap of the running process that is not a system call: it ends in a signal (F54)."""
        assert self.current is not None
        va = int(self._hart["fault_va"][0]) if trap in (Trap.FAULT, Trap.MISALIGNED_FETCH) else 0
        if trap != Trap.FAULT:
            entries.pay(self.world, HART, Cost.TRAP_ENTRY.value, Price.TRAP_ENTRY.value)
            self.end(self.current, None, TRAP_SIGNALS[trap], va)
            return
        self.count(Counter.FAULT_FATAL)
        last = self._record["event"][0, int(self._record["events"][0]) - 1]
        if last["kind"] == Event.OUT_OF_MEMORY:
            signal = Signal.SIGKILL
        elif last["fault"] in (Fault.MISALIGNED, Fault.ACCESS):
            signal = Signal.SIGBUS
        else:
            signal = Signal.SIGSEGV
        self.end(self.current, None, signal, va)
