"""The lives of processes and threads: how they begin, run other programs, and end."""

import os
from collections.abc import Sequence
from pathlib import PurePath

import numpy as np

from emulator.base.kernel_names import Bug
from emulator.base.names import Cost, Event, Price
from emulator.hardware.turns import FAR
from emulator.kernel.doors import address_spaces
from emulator.kernel.io.descriptors import Descriptors
from emulator.kernel.io.files import OpenFiles
from emulator.kernel.processes import family, signalling
from emulator.kernel.processes.altstack import NO_STACK
from emulator.kernel.processes.futex import Futexes
from emulator.kernel.processes.hart_time import HartTime
from emulator.kernel.processes.jobs import Jobs
from emulator.kernel.processes.process import NAME_BYTES, Process, State, Thread
from emulator.kernel.processes.robust import tell_dead
from emulator.kernel.processes.signals import Signal
from emulator.kernel.programs import stack, vdso
from emulator.kernel.programs.image import Image, OutOfFrames
from emulator.kernel.service.served import A0, REGISTERS, ServedHart
from emulator.kernel.service.spaces import Spaces
from emulator.kernel.service.usercopy import BadAddress, UserMemory
from emulator.world.task import NO_SPACE

SP, TP = 2, 4
RANDOM_BYTES = 16


class Lives:
    """All processes and threads, by number. What is random in them follows `seed`."""

    def __init__(
        self,
        hart: ServedHart,
        user: UserMemory,
        spaces: Spaces,
        time: HartTime,
        futexes: Futexes,
        files: OpenFiles,
        seed: int,
    ) -> None:
        self.hart, self.time, self.user, self.futexes = hart, time, user, futexes
        self._world, self._spaces, self._files = hart.world, spaces, files
        self.processes: dict[int, Process] = {}
        self.jobs = Jobs(self.processes)
        self.threads: dict[int, Thread] = {}
        self._storage = files.cache.storage
        self._alive = 0  # processes that have not ended
        self._next_pid = 1
        self._random = np.random.default_rng(seed)

    def random_bytes(self, size: int) -> bytes:
        """Return bytes that follow the seed."""
        return self._random.bytes(size)

    def spawn(self, image: Image, argv: Sequence[bytes], envp: Sequence[bytes] = ()) -> Process:
        """Return a new process that runs `image`. Raises OutOfFrames, nothing held, when memory does not suffice."""
        pid = self._take_pid()
        process = Process(pid, 0, NO_SPACE, image, pid, pid)
        self.hart.begin_work()
        self._identify(process, pid)
        try:
            process.space, pc, sp = self.build_space(process, image, argv, envp)
        except OutOfFrames:
            self.hart.note(Event.EXEC_FAILED, value=image.number)
            self._identify_running()
            raise
        self.processes[process.pid] = process
        self._alive += 1
        thread = self._add_thread(process, process.pid, pc, self._files.standard())
        thread.regs[SP] = sp
        thread.name = _name_of(image)
        self.hart.note(Event.EXEC, value=image.number)
        self._identify_running()
        self.time.make_ready(thread)
        return process

    def build_space(
        self, process: Process, image: Image, argv: Sequence[bytes], envp: Sequence[bytes]
    ) -> tuple[int, int, int]:
        """Return (space, entry, stack pointer) of a new space with `image` and its first stack. Raises OutOfFrames."""
        image.check()
        sp, content = stack.lay_out(image.program, argv, envp, self._random.bytes(RANDOM_BYTES))
        self.hart.pay(Cost.KERNEL_SYSCALL, Price.PROCESS)
        space = self._spaces.create(process.pid)
        if space == NO_SPACE:
            raise OutOfFrames
        image.join()
        try:
            image.load(self._world, self.hart.number, space, self._storage)
            stack.build(self._world, self.hart.number, space, sp, content)
        except OutOfFrames:
            self._spaces.drop(space)
            image.leave(self._world, self.hart.number)
            raise
        top = max(segment.end for segment in image.program.segments)
        address_spaces.set_break(self._world, space, top)
        return space, image.program.entry, sp

    def fork(
        self, parent: Process, child_stack: int, share_space: bool, tls: int | None = None, share_files: bool = False
    ) -> Process | None:
        """Return a child of the running `parent`, which sees 0 as its result; None when memory does not suffice.

        The child has one thread, a copy of the one that runs.
        """
        child = Process(self._take_pid(), parent.pid, parent.space, parent.image, parent.group, parent.session)
        self.hart.pay(Cost.KERNEL_SYSCALL, Price.PROCESS)
        if share_space:
            self._spaces.share(parent.space)
        else:
            space = self._spaces.copy(parent.space, child.pid, self.hart.register(SP))
            if space == NO_SPACE:
                return None
            child.space = space
        parent.image.join()
        child.folder = parent.folder
        self.processes[child.pid] = child
        self._alive += 1
        parent.children.append(child)
        thread = self._copy_thread(child, child.pid, child_stack, tls, share_files)
        thread.affinity = self.time.running.affinity
        child.barriers, child.dispositions = parent.barriers, dict(parent.dispositions)
        child.trampoline = parent.trampoline
        self.time.make_ready(thread)
        return child

    def map_vdso(self, process: Process) -> None:
        """Let handlers of the running `process` have where to return to. Raises OutOfFrames."""
        if not process.trampoline:
            with self._spaces.changing(process.space):
                process.trampoline = vdso.map_into(
                    self._world, self.hart.number, process.space, process.image, self._storage
                )

    def start_thread(self, process: Process, stack: int, tls: int | None, share_files: bool = True) -> Thread:
        """Return a new thread of the running `process`, which sees 0 as its result."""
        thread = self._copy_thread(process, self._take_pid(), stack, tls, share_files)
        thread.affinity = self.time.running.affinity
        self.time.make_ready(thread)
        return thread

    def exec(self, process: Process, image: Image, argv: Sequence[bytes], envp: Sequence[bytes]) -> None:
        """Let the running `process` run `image` from its entry. Raises OutOfFrames, the process as it was.

        Its other threads end; the one that called is its first now (Linux, execve(2)).
        """
        space, pc, sp = self._built_space(process, image, argv, envp)
        thread = self.time.running
        for other in [other for other in process.threads if other is not thread]:
            self._tell_end(other)
            self._end_thread(other)
        self._tell_end(thread)
        self.threads[process.pid] = self.threads.pop(thread.tid)
        thread.tid = process.pid
        process.exit_signal, process.began_program = Signal.SIGCHLD, True
        thread.descriptors, thread.name = thread.descriptors.at_exec(), _name_of(image)
        if self._world.policy.bug != Bug.EXEC_LEAKS:
            self._spaces.drop(process.space)
        process.image.leave(self._world, self.hart.number)
        process.image, process.space, process.barriers = image, space, False
        process.dispositions = process.wishes_at_exec
        process.trampoline, thread.stack = 0, NO_STACK
        self._identify(process, thread.tid)
        self.time.note_holder(thread)
        registers = np.zeros(REGISTERS, np.int64)
        registers[SP] = sp
        self.hart.start(pc, registers)
        address_spaces.enter_space(self._world, self.hart.number, space)
        self.hart.note(Event.EXEC, value=image.number)
        family.end_vfork(self, process)

    def _built_space(
        self, process: Process, image: Image, argv: Sequence[bytes], envp: Sequence[bytes]
    ) -> tuple[int, int, int]:
        """Return what `build_space` does, after as many attempts as frames can be had for. Raises as it."""
        while True:
            try:
                return self.build_space(process, image, argv, envp)
            except OutOfFrames:
                if not self._spaces.make_room():
                    raise

    def exit_thread(self, thread: Thread, status: int) -> None:
        """End the running `thread`; with the last one its process ends, with that status (F73)."""
        process = thread.process
        if len(process.threads) == 1:
            self.end(process, status)
            return
        self._tell_end(thread)
        self._end_thread(thread)
        self.hart.note(Event.THREAD_EXIT, value=status)

    def _tell_end(self, thread: Thread) -> None:
        """Write a zero where the end of `thread` is to be told and wake who waits there, if anybody could see (F73)."""
        process, address, locks = thread.process, thread.clear_tid, thread.robust_list
        thread.clear_tid = thread.robust_list = 0
        if locks:
            with self.user.of(process.space):
                for word in tell_dead(self.user, locks, thread.tid):
                    self.futexes.wake(self.futexes.key(process.space, word, private=False), 1)
        if not address or (len(process.threads) == 1 and self._spaces.users(process.space) == 1):
            return
        with self.user.of(process.space):
            try:
                self.user.write(address, bytes(4))
                self.futexes.wake(self.futexes.key(process.space, address, private=False), 1)
            except BadAddress:
                pass  # Linux ignores it, too

    def _end_thread(self, thread: Thread) -> None:
        self.futexes.forget(thread)
        thread.descriptors.leave()
        self.time.forget(thread)
        thread.state, thread.retry = State.ENDED, None
        thread.process.used = thread.process.used.plus(thread.used)
        thread.process.threads.remove(thread)
        if thread.process.threads and thread.process.pending:
            signalling.look_again(self, thread)
        self.threads.pop(thread.tid, None)

    def end(self, process: Process, status: int | None, signal: int | None = None, va: int = 0, had: int = 0) -> None:
        """End `process` with an exit status or a signal: give back what it holds, tell who waits for it.

        `va` is the address whose access led to the signal, 0 for none; `had` how many pages it had, where that did.
        """
        running = self.time.current
        if running is None or running.process is not process:
            with self.hart.apart():
                self._end(process, process.threads[0], process.threads[0].pc, status, signal, va, had)
        else:
            self._end(process, running, self.hart.pc, status, signal, va, had)
        family.end_vfork(self, process)
        family.leave(self, process)
        self._identify_running()

    def _end(
        self, process: Process, by: Thread, pc: int, status: int | None, signal: int | None, va: int, had: int
    ) -> None:
        """Give back what `process` holds, its thread `by` standing at `pc`."""
        self._identify(process, by.tid)
        self.hart.pay(Cost.KERNEL_SYSCALL, Price.PROCESS)
        for thread in list(process.threads):
            self._tell_end(thread)
            self._end_thread(thread)
        if process.alarm is not None:
            self.time.set_alarm(process.alarm, FAR)
        self._spaces.drop(process.space)
        process.image.leave(self._world, self.hart.number)
        process.status, process.signal = status, signal
        self._alive -= 1
        if not self._alive:
            self._files.names.put_away()
        if signal is not None:
            self.hart.note(Event.SIGNAL, pages=signal, value=had, va=va, pc=pc)
        else:
            self.hart.note(Event.EXIT, value=status or 0)

    def _take_pid(self) -> int:
        self._next_pid += 1
        return self._next_pid - 1

    def _add_thread(self, process: Process, tid: int, pc: int, descriptors: Descriptors) -> Thread:
        thread = Thread(tid, process, descriptors, pc=pc)
        process.threads.append(thread)
        self.threads[tid] = thread
        return thread

    def _copy_thread(self, process: Process, tid: int, stack: int, tls: int | None, share_files: bool) -> Thread:
        """Return a thread of `process` that goes on where the running one stands, seeing 0 as its result."""
        files = self.time.running.descriptors
        thread = self._add_thread(process, tid, self.hart.pc, files.share() if share_files else files.copy())
        running = self.time.running
        thread.name, thread.blocked, thread.stack = running.name, running.blocked, running.stack
        thread.regs[:] = self.hart.registers
        thread.regs[A0] = 0
        if stack:
            thread.regs[SP] = stack
        if tls is not None:
            thread.regs[TP] = tls
        return thread

    def _identify(self, process: Process, tid: int) -> None:
        """Let events of the hart name `process` and its thread `tid`."""
        self.hart.identify(process.pid, tid, process.image.number)

    def _identify_running(self) -> None:
        """Let events of the hart name the thread that it runs, if any."""
        if self.time.current is not None:
            self.time.identify(self.time.current)


def _name_of(image: Image) -> bytes:
    """Return the name of a thread that begins to run `image`."""
    return os.fsencode(PurePath(image.program.name).name)[: NAME_BYTES - 1]
