"""What an editor asks and is told: a request is a row of `REQUESTS`, its arguments a type of `messages`."""

import os
from collections.abc import Callable
from typing import Any, NamedTuple

import msgspec

from emulator.base.errors import EmulatorError, shown
from emulator.debug.dap import messages
from emulator.debug.dap.points import Points
from emulator.debug.dap.views import Views
from emulator.debug.dap.wire import Gone, Wire
from emulator.debug.halt import Halt, Why
from emulator.debug.memory import read_as_far
from emulator.debug.monitor import Monitor
from emulator.debug.session import Session
from emulator.debug.sources import INSTRUCTION_BYTES, path_of, place_name
from emulator.machine import Machine
from isa import disassemble
from isa.errors import IsaError

FILTERS = ("fault", "copy", "syscall", "switch", "invalidation", "stale")
LONGEST_LINE = 100_000  # instructions of one line that are stepped over
MOST_INSTRUCTIONS = 10_000  # that are disassembled at once
REASONS = {Why.STEP: "step", Why.BREAKPOINT: "breakpoint", Why.WISH: "function breakpoint", Why.SIGNAL: "exception"}
REASONS |= {Why.INTERRUPTED: "pause", Why.BEGINNING: "entry", Why.BLOCKED: "pause", Why.WATCH: "data breakpoint"}

Make = Callable[[messages.Launch], Machine]


def serve(make: Make, source: int, target: int) -> int:
    """Speak with an editor until it hangs up or disconnects; return the program's exit status, 0 while it has none.

    `make` makes the machine that is launched. Raises EmulatorError for what is no message.
    """
    adapter = Adapter(make, Wire(source, target))
    try:
        adapter.run()
    except Gone:
        pass
    return adapter.status


class Adapter:
    """One editor, and the session that it has launched."""

    def __init__(self, make: Make, wire: Wire) -> None:
        self.status = 0
        self._make, self._wire = make, wire
        self._session: Session | None = None
        self._waiting: list[messages.Request] = []
        self._launch = messages.Launch()
        self._over = False

    def run(self) -> None:
        """Answer requests. Raises Gone when the editor hangs up."""
        while not self._over:
            self._waiting += self._wire.requests(wait=not self._waiting)
            while self._waiting and not self._over:
                self._answer(self._waiting.pop(0))

    def _answer(self, request: messages.Request) -> None:
        row = REQUESTS.get(request.command)
        response = messages.Response(request.seq, request.command, True)
        after = None
        try:
            if row is None:
                raise EmulatorError(f"'{shown(request.command)}' is no request that is understood here")
            after = row.answer(self, msgspec.json.decode(request.arguments, type=row.arguments), response)
        except (EmulatorError, IsaError, msgspec.DecodeError, KeyError, ValueError, OSError) as error:
            response.success, response.body = False, None
            response.message = shown(str(error))
        self._wire.send(response)
        if after is not None:
            after()

    # beginning and end

    def _initialize(self, arguments: messages.Nothing, response: messages.Response) -> None:
        response.body = dict.fromkeys(CAPABILITIES, True) | {
            "exceptionBreakpointFilters": [{"filter": name, "label": name} for name in FILTERS]
        }

    def _launch_program(self, arguments: messages.Launch, response: messages.Response) -> Callable[[], None]:
        self._launch = arguments
        machine = self._make(arguments)
        self._session = Session(machine, self._tell)
        self._views, self._monitor = Views(self._session), Monitor(self._session)
        self._points = Points(self._session)
        return lambda: self._wire.event("initialized")

    def _begin(self, arguments: messages.Nothing, response: messages.Response) -> Callable[[], None]:
        if self._launch.stop_on_entry:
            return lambda: self._stopped(self.session.halt, "entry")
        return self._go

    def _disconnect(self, arguments: messages.Nothing, response: messages.Response) -> None:
        self._over = True

    @property
    def session(self) -> Session:
        """The session. Raises EmulatorError before there is one."""
        if self._session is None:
            raise EmulatorError("no program was launched")
        return self._session

    # where to stop

    def _set_lines(self, arguments: messages.SetBreakpoints, response: messages.Response) -> None:
        path, lines = arguments.source.path or "", [each.line for each in arguments.breakpoints]
        found = self._points_of().set_lines(path, lines)
        response.body = {"breakpoints": [verified(at, "no instruction comes from this line") for at in found]}

    def _set_names(self, arguments: messages.SetFunctionBreakpoints, response: messages.Response) -> None:
        told = self._points_of().set_names([each.name for each in arguments.breakpoints])
        response.body = {"breakpoints": [verified(not message, message) for message in told]}

    def _set_kinds(self, arguments: messages.SetExceptionBreakpoints, response: messages.Response) -> None:
        told = self._points_of().set_kinds(arguments.filters)
        response.body = {"breakpoints": [verified(not message, message) for message in told]}

    def _points_of(self) -> Points:
        assert self.session
        return self._points

    # going on and back

    def _continue(self, arguments: messages.OfThread, response: messages.Response) -> Callable[[], None]:
        assert self.session
        response.body = {"allThreadsContinued": True}
        return self._go

    def _step(self, arguments: messages.OfThread, response: messages.Response) -> Callable[[], None]:
        return self._stepping(arguments, lambda: self.session.step(arguments.thread_id, self._stop_asked))

    def _step_out(self, arguments: messages.OfThread, response: messages.Response) -> None:
        raise EmulatorError("stepOut: calls are not followed, there is no frame to step out of")

    def _step_back(self, arguments: messages.OfThread, response: messages.Response) -> Callable[[], None]:
        return self._stepping(arguments, lambda: self.session.step_back(arguments.thread_id))

    def _back(self, arguments: messages.OfThread, response: messages.Response) -> Callable[[], None]:
        assert self.session
        return lambda: self._stopped(self._told(lambda: self.session.back(self._stop_asked)))

    def _pause(self, arguments: messages.Nothing, response: messages.Response) -> Callable[[], None]:
        return lambda: self._stopped(self.session.halt, "pause")  # it stands still already

    def _go(self) -> None:
        self._stopped(self._told(lambda: self.session.go(self._stop_asked)))

    def _stepping(self, arguments: messages.OfThread, step: Callable[[], Halt]) -> Callable[[], None]:
        """Return what steps until the line is another one, or once where instructions are asked for."""
        tid = arguments.thread_id
        first = self._line(tid)

        def steps() -> None:
            halt = self._told(step)
            for _ in range(LONGEST_LINE):
                if halt.why is not Why.STEP or arguments.granularity == "instruction" or self._line(tid) != first:
                    break
                halt = self._told(step)
            self._stopped(halt)

        return steps

    def _told(self, move: Callable[[], Halt]) -> Halt:
        """Move on, or back, past births and ends of processes, which an editor is told and does not stop at."""
        self._points.apply()
        halt = move()
        while halt.why in (Why.FORKED, Why.RUNS, Why.ENDED):
            if halt.why is Why.FORKED:
                self._wire.event("thread", {"reason": "started", "threadId": halt.value})
            self._points.apply()
            halt = self.session.go(self._stop_asked)
        return halt

    def _stop_asked(self) -> bool:
        """Return whether the editor wants a pause; other requests wait."""
        self._waiting += self._wire.requests(wait=False)
        for request in self._waiting:
            if request.command == "pause":
                self._waiting.remove(request)
                self._wire.send(messages.Response(request.seq, request.command, True))
                return True
        return any(request.command in ("disconnect", "terminate") for request in self._waiting)

    def _stopped(self, halt: Halt, reason: str = "") -> None:
        """Tell where the run stands."""
        self._views.forget()
        if halt.why is Why.OVER:
            self.status = self.session.machine.result("exit").exit_status
            self._wire.event("exited", {"exitCode": self.status})
            self._wire.event("terminated")
            return
        words = halt.words or (f"signal {halt.value}" if halt.why is Why.SIGNAL else halt.why.value)
        body = {"reason": reason or REASONS[halt.why], "description": words, "text": words}
        self._wire.event("stopped", body | {"threadId": halt.tid, "allThreadsStopped": True})

    def _tell(self, descriptor: int, data: bytes) -> None:
        text = data.decode("utf-8", "backslashreplace")
        self._wire.event("output", {"category": "stdout" if descriptor == 1 else "stderr", "output": text})

    # looking

    def _threads(self, arguments: messages.Nothing, response: messages.Response) -> None:
        threads = [
            {"id": thread.tid, "name": f"process {pid}, thread {thread.tid}: {thread.state.value}"}
            for pid, process in self.session.processes().items()
            for thread in process.threads
        ]
        response.body = {"threads": threads}

    def _stack(self, arguments: messages.OfThread, response: messages.Response) -> None:
        tid = arguments.thread_id
        pc, _ = self.session.control.registers(tid)
        program = self.session.control.program_of(tid)
        frame: dict[str, Any] = {"id": tid, "name": place_name(program, pc), "line": 0, "column": 0}
        frame["instructionPointerReference"] = f"{pc:#x}"
        line = program.line_at(pc)
        if line is not None:
            path = path_of(line)
            frame |= {"line": line.number, "column": 1, "source": {"name": os.path.basename(path), "path": path}}
        response.body = {"stackFrames": [frame], "totalFrames": 1}

    def _line(self, tid: int) -> tuple[str, int] | None:
        """Return the file and line that a thread stands at, None where no line is known or there is no such thread."""
        if tid not in self.session.machine.kernel.lives.threads:
            return None
        line = self.session.control.program_of(tid).line_at(self.session.control.registers(tid)[0])
        return None if line is None else (line.file, line.number)

    def _scopes(self, arguments: messages.OfFrame, response: messages.Response) -> None:
        assert self.session
        response.body = {"scopes": self._views.scopes(arguments.frame_id)}

    def _variables(self, arguments: messages.OfVariable, response: messages.Response) -> None:
        assert self.session
        response.body = {"variables": self._views.variables(arguments.variables_reference)}

    def _disassemble(self, arguments: messages.Disassemble, response: messages.Response) -> None:
        count = min(max(arguments.instruction_count, 0), MOST_INSTRUCTIONS)
        start = int(arguments.memory_reference, 0) + arguments.offset + arguments.instruction_offset * INSTRUCTION_BYTES
        pid, rows = self.session.halt.pid, []
        for address in range(start, start + count * INSTRUCTION_BYTES, INSTRUCTION_BYTES):
            data = read_as_far(self.session.machine, pid, address, INSTRUCTION_BYTES) if address >= 0 else b""
            text = disassemble(int.from_bytes(data, "little"), address) if len(data) == INSTRUCTION_BYTES else "none"
            rows.append({"address": f"{address:#x}", "instruction": text})
        response.body = {"instructions": rows}

    def _evaluate(self, arguments: messages.Evaluate, response: messages.Response) -> None:
        text = self._monitor.answer(arguments.expression, self.session.halt.pid)
        response.body = {"result": text.rstrip("\n"), "variablesReference": 0}


def verified(good: bool, message: str) -> dict[str, Any]:
    """Return what is told of a breakpoint."""
    return {"verified": True} if good else {"verified": False, "message": message}


class Row(NamedTuple):
    """How a request is answered: the type of its arguments, and the method, which may return what is done after it."""

    arguments: type
    answer: Callable[..., Callable[[], None] | None]


REQUESTS = {
    "initialize": Row(messages.Nothing, Adapter._initialize),
    "launch": Row(messages.Launch, Adapter._launch_program),
    "configurationDone": Row(messages.Nothing, Adapter._begin),
    "setBreakpoints": Row(messages.SetBreakpoints, Adapter._set_lines),
    "setFunctionBreakpoints": Row(messages.SetFunctionBreakpoints, Adapter._set_names),
    "setExceptionBreakpoints": Row(messages.SetExceptionBreakpoints, Adapter._set_kinds),
    "threads": Row(messages.Nothing, Adapter._threads),
    "stackTrace": Row(messages.OfThread, Adapter._stack),
    "scopes": Row(messages.OfFrame, Adapter._scopes),
    "variables": Row(messages.OfVariable, Adapter._variables),
    "continue": Row(messages.OfThread, Adapter._continue),
    "next": Row(messages.OfThread, Adapter._step),
    "stepIn": Row(messages.OfThread, Adapter._step),
    "stepOut": Row(messages.OfThread, Adapter._step_out),
    "stepBack": Row(messages.OfThread, Adapter._step_back),
    "reverseContinue": Row(messages.OfThread, Adapter._back),
    "pause": Row(messages.Nothing, Adapter._pause),
    "disassemble": Row(messages.Disassemble, Adapter._disassemble),
    "evaluate": Row(messages.Evaluate, Adapter._evaluate),
    "disconnect": Row(messages.Nothing, Adapter._disconnect),
    "terminate": Row(messages.Nothing, Adapter._disconnect),
}
CAPABILITIES = (
    *("supportsConfigurationDoneRequest", "supportsFunctionBreakpoints", "supportsStepBack"),
    *("supportsDisassembleRequest", "supportsSteppingGranularity", "supportsTerminateRequest"),
)
