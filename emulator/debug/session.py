"""One debugged run: on, step by step, and back, with breakpoints, watched memory, wishes, processes that come and go.

Whatever protocol is spoken, this is what is done. Time is the machine's, so all its threads run when any of them does,
each when it is its turn.
"""

from collections.abc import Callable, Iterator

from emulator.base.errors import ConfigError
from emulator.base.names import Event
from emulator.config.limits import MOST_INSTRUCTIONS
from emulator.debug.halt import Halt, Why
from emulator.debug.memory import read_as_far
from emulator.debug.wishes import ENDS, Wishes
from emulator.kernel.processes.process import Process
from emulator.machine import Control, Machine, Stop, Watch
from emulator.world.control import MAX_BREAKPOINTS

INSTRUCTION_BYTES = 4
SLICE, PLAIN_SLICE = 200_000, 2_000  # instructions between two looks at whoever may want the run to stop
LIVES = (Event.FORK, Event.EXEC, Event.EXIT, Event.SIGNAL)  # events after which there may be other processes

StopAsked = Callable[[], bool]
Tell = Callable[[int, bytes], None]


class Session:
    """Debugs what runs on `machine`, whose program is spawned.

    `tell` takes what processes write to their standard output (1) and error (2), once: whoever goes back and on again
    hears nothing twice. While a run goes on, `stop_asked` is called again and again; it may raise what it likes: the
    machine stands still then. With `follows` new processes are debugged, too, and their birth is told.
    """

    def __init__(self, machine: Machine, tell: Tell, follows: bool = True) -> None:
        self.machine, self.control = machine, Control(machine)
        self.wishes = Wishes(machine)
        self.breakpoints: set[tuple[int, int]] = set()  # (pid, address)
        self.watches: list[Watch] = []
        self.detached: set[int] = set()  # processes that are not debugged
        self.follows = follows
        self.halt = Halt(Why.STEP, *self._first())
        self._tell, self._told = tell, {1: 0, 2: 0}
        self._due: list[Halt] = []  # what is to be told before the run goes on
        self._known: dict[int, Process] = {}
        self._images: dict[int, int] = {}
        self._armed: object = None  # what the machine stops at
        self._ended: set[int] = set()  # places, in instructions, of ends that were told before they came
        self.control.ebreak = self.control.signals = True
        machine.goto(instruction=machine.now.instruction)  # its history begins
        self._look_around()

    # who there is

    def processes(self) -> dict[int, Process]:
        """Return the processes that live and are debugged, by number."""
        lives = self.machine.kernel.lives.processes.items()
        return {pid: process for pid, process in lives if process.alive and pid not in self.detached}

    def detach(self, pid: int) -> None:
        """Let process `pid` run on and never stop."""
        self.detached.add(pid)
        self.breakpoints = {each for each in self.breakpoints if each[0] != pid}
        self.watches = [watch for watch in self.watches if watch.pid != pid]
        self._due = [halt for halt in self._due if halt.pid != pid]

    def kill(self, pid: int) -> None:
        """End process `pid` by SIGKILL, here and now. Raises ConfigError where there is none."""
        self.control.kill(pid)
        self.detach(pid)
        self._look_around()

    # where to stop

    def add_breakpoint(self, pid: int, va: int) -> None:
        """Stop before the instruction at `va` of process `pid`. Raises ConfigError for what is none, or too many."""
        if len({each for _, each in self.breakpoints} | {va}) > MAX_BREAKPOINTS:
            raise ConfigError(f"breakpoints: {MAX_BREAKPOINTS} are the most")
        if va % INSTRUCTION_BYTES or not read_as_far(self.machine, pid, va, INSTRUCTION_BYTES):
            raise ConfigError(f"breakpoint: process {pid} has no instruction at {va:#x}")
        self.breakpoints.add((pid, va))

    def add_watch(self, watch: Watch) -> None:
        """Stop before instructions that access `watch`. Raises ConfigError for what is none, or too many."""
        if watch not in self.watches:
            self.control.watches = [*self.watches, watch]
            self.watches.append(watch)

    def remove_watch(self, watch: Watch) -> None:
        """Stop no more before instructions that access `watch`."""
        self.watches = [each for each in self.watches if each != watch]

    # going on

    def go(self, stop_asked: StopAsked) -> Halt:
        """Go on until there is something to stop at."""
        return self._until(stop_asked, self._arm)

    def step(self, tid: int, stop_asked: StopAsked) -> Halt:
        """Let thread `tid` retire one instruction; or stop before, as `go` does."""
        return self._until(stop_asked, self._arm, tid)

    def finish(self, most: int = MOST_INSTRUCTIONS) -> str:
        """Run to the end with nobody debugging, or until `most` instructions were retired since the run began.

        Return how it ended, as in `Result.ended`.
        """
        self.wishes.clear()
        self.breakpoints, self.watches = set(), []
        self._arm()
        self.control.events = ()
        self.control.ebreak = self.control.signals = self.control.stale = False
        why = "limit"
        while why == "limit" and (left := most - self.machine.now.instruction) > 0:
            why = self.control.run(min(self._slice, left)).why
            self._hear()
        return why

    def forget_signal(self) -> None:
        """Let the signal that the run stands before not be; nothing where there is none."""
        if self.control.signal is not None:
            self.control.forget_signal()

    def _until(self, stop_asked: StopAsked, arm: Callable[[], None], tid: int = 0) -> Halt:
        if not self._due:
            arm()
            self.wishes.begin()
        while not self._due:
            if tid and tid in self.machine.kernel.lives.threads:
                stop = self.control.step_thread(tid, self._slice)
            else:
                stop = self.control.run(self._slice)
            self._hear()
            self._due += self._before_the_end(self._halts(stop))
            if not self._due and (stop.why == "interrupt" or stop_asked()):
                self._due.append(Halt(Why.INTERRUPTED, *self._somebody(stop)))
        self.halt = self._due.pop(0)
        return self.halt

    # going back

    def back(self, stop_asked: StopAsked) -> Halt:
        """Go back to the last thing before here that `go` stops at, births and ends of processes aside."""
        self._due.clear()
        self._ended.clear()
        self._arm()
        found: list[Halt] = []

        def visits(stop: Stop) -> bool:
            if stop_asked():
                raise KeyboardInterrupt
            halts = list(self._things(stop))
            found[:] = halts or found
            return bool(halts)

        try:
            arrived = self.control.back(visits, self.wishes.begin) is not None
        except KeyboardInterrupt:
            self.halt = Halt(Why.INTERRUPTED, *self._somebody())
            return self.halt
        self._look_around()
        self.halt = found[-1] if arrived else Halt(Why.BEGINNING, *self._somebody())
        return self.halt

    def step_back(self, tid: int) -> Halt:
        """Go back to before the last instruction of thread `tid`."""
        self._due.clear()
        self._ended.clear()
        arrived = self.machine.previous_step(tid)
        self._look_around()
        threads = self.machine.kernel.lives.threads
        if arrived and tid in threads:
            self.halt = Halt(Why.STEP, threads[tid].process.pid, tid)
        else:
            self.halt = Halt(Why.BEGINNING, *self._somebody())
        return self.halt

    # what a stop means

    def _halts(self, stop: Stop) -> list[Halt]:
        """Return what there is to tell of a stop on the way on: nothing where the run goes on."""
        halts = [*self._births_and_ends(), *self._things(stop)]
        if stop.why == "exit":
            halts.append(Halt(Why.OVER, 0, 0))
        elif stop.why == "blocked":
            words = "every thread that is left waits for ever"
            halts.append(Halt(Why.BLOCKED, *self._somebody(stop), words))
        return halts

    def _things(self, stop: Stop) -> Iterator[Halt]:
        """Yield what there is to tell of a stop in either direction."""
        if stop.why == "event":
            words = self.wishes.come()
            if words and self.processes():
                yield Halt(Why.WISH, *self._somebody(stop), words)
            return
        if stop.pid in self.detached or not stop.pid:
            return
        if stop.why == "breakpoint" and (stop.pid, stop.pc) in self.breakpoints:
            yield Halt(Why.BREAKPOINT, stop.pid, stop.tid)
        elif stop.why == "watch":
            yield Halt(Why.WATCH, stop.pid, stop.tid, watch=stop.watch, va=stop.va)
        elif stop.why == "step":
            yield Halt(Why.STEP, stop.pid, stop.tid)
        elif stop.why == "stale":
            yield Halt(Why.WISH, stop.pid, stop.tid, "stale: an entry was used that grants what its PTE no longer does")
        elif stop.why in ("signal", "ebreak"):
            signal = self.control.signal
            assert signal is not None, "such a stop stands before one"
            yield Halt(Why.SIGNAL, stop.pid, stop.tid, value=int(signal))

    def _before_the_end(self, halts: list[Halt]) -> list[Halt]:
        """Return `halts`; or, where an end is to be told before it comes, go back to before it and return that."""
        end = next((halt for halt in halts if halt.why is Why.ENDED), None)
        place = self.machine.now.instruction
        if end is None or not self.wishes.ends or place in self._ended or place == 0:
            return halts
        self._ended.add(place)
        self.machine.back()
        self._look_around()
        pid, tid = self._somebody()
        how = f"status {end.value}" if end.signal is None else f"signal {end.signal}"
        return [Halt(Why.WISH, pid, tid, f"{ENDS}: process {end.pid} is about to end, with {how}")]

    def _births_and_ends(self) -> Iterator[Halt]:
        """Yield what has become of the processes since somebody looked."""
        known, images = self._known, self._images
        self._look_around()
        for pid, process in known.items():
            if not process.alive and pid not in self.detached:
                yield Halt(Why.ENDED, pid, 0, value=process.status or 0, signal=process.signal)
            elif pid in self._images and images[pid] != self._images[pid] and pid not in self.detached:
                yield Halt(Why.RUNS, pid, pid, process.image.program.name)
        for pid, process in self._known.items():
            if pid not in known and process.parent not in self.detached:
                if self.follows:
                    yield Halt(Why.FORKED, *self._parent_of(process), value=pid)
                else:
                    self.detached.add(pid)
            elif pid not in known:
                self.detached.add(pid)

    def _look_around(self) -> None:
        processes = self.machine.kernel.lives.processes
        self._known = {pid: process for pid, process in processes.items() if process.alive}
        self._images = {pid: process.image.number for pid, process in self._known.items()}

    def _parent_of(self, process: Process) -> tuple[int, int]:
        """Return (pid, tid) of who began `process`: the thread that ran last, if it is one of its parent."""
        pid, tid = self._somebody()
        return (pid, tid) if pid == process.parent else (process.parent, process.parent)

    def _somebody(self, stop: Stop | None = None) -> tuple[int, int]:
        """Return (pid, tid) of a thread that is debugged: the one of the stop, or that ran last, if it is one."""
        living, now = self.processes(), self.machine.now
        here = (now.process, now.thread) if stop is None else (stop.pid, stop.tid)
        if here[0] in living:
            return here
        if self.halt.pid in living and self.halt.tid in self.machine.kernel.lives.threads:
            return self.halt.pid, self.halt.tid
        return next(((pid, process.threads[0].tid) for pid, process in living.items()), (0, 0))

    def _first(self) -> tuple[int, int]:
        pid, process = next(iter(self.machine.kernel.lives.processes.items()))
        return pid, process.threads[0].tid

    # what the machine is to stop at

    def _arm(self) -> None:
        control = self.control
        wanted = sorted(self.breakpoints), list(self.watches), self.wishes.stale, self.wishes.events
        if wanted == self._armed:
            return
        control.breakpoints = {va for _, va in self.breakpoints}
        control.watches = self.watches
        control.stale = self.wishes.stale
        control.events = {*self.wishes.events, *LIVES}
        self._armed = wanted

    @property
    def _slice(self) -> int:
        return SLICE if self.machine.world.image else PLAIN_SLICE

    def _hear(self) -> None:
        """Tell what has been written since."""
        streams = self.machine.core.streams
        for descriptor, written in ((1, streams.out), (2, streams.err)):
            if len(written) > self._told[descriptor]:
                self._tell(descriptor, bytes(written[self._told[descriptor] :]))
                self._told[descriptor] = len(written)
