"""What an editor sees of a run, and does with it: a client that speaks the debug adapter protocol."""

import os
import subprocess
import threading

import msgspec
import pytest

from emulator import Machine
from emulator.base.errors import EmulatorError
from emulator.debug.dap import serve
from isa import Program
from tests.commands import assert_refused, caller
from tests.debug.gdb import command
from tests.machine.test_control import PROGRAMS, told

COW = PROGRAMS / "child_writes_first.s"
STORE = next(
    n for n, line in enumerate(COW.read_text().splitlines(), 1) if line.strip().startswith("sd      t0, 0(s0)")
)


class Editor:
    """Sends requests and gets answers and events, in the order in which they come."""

    def __init__(self, program=COW, **choices):
        self.choices = choices
        theirs, self._out = os.pipe()
        self._in, ours = os.pipe()
        self._left, self._seq, self.events, self.status, self.mistake = b"", 0, [], None, ""
        self.program, self.machine = program, None
        self._thread = threading.Thread(target=self._serve, args=(theirs, ours), daemon=True)
        self._thread.start()

    def _serve(self, source, target):
        try:
            self.status = serve(self._make, source, target)
        except EmulatorError as error:
            self.mistake = error.message
        os.close(source)
        os.close(target)

    def _make(self, launch):
        self.machine = Machine(**{"memory": "16MiB", **self.choices})
        self.machine.spawn(Program.load(launch.program or self.program))
        return self.machine

    def send(self, name, **arguments):
        self._seq += 1
        content = msgspec.json.encode({"seq": self._seq, "type": "request", "command": name, "arguments": arguments})
        self.write(b"Content-Length: %d\r\n\r\n%b" % (len(content), content))

    def write(self, data):
        os.write(self._out, data)

    def read(self):
        """The next message, None where there is none any more."""
        while b"\r\n\r\n" not in self._left or len(self._left.split(b"\r\n\r\n", 1)[1]) < self._length():
            data = os.read(self._in, 1 << 16)
            if not data:
                return None
            self._left += data
        size, rest = self._length(), self._left.split(b"\r\n\r\n", 1)[1]
        self._left = rest[size:]
        return msgspec.json.decode(rest[:size])

    def _length(self):
        return int(self._left.split(b"\r\n", 1)[0].partition(b":")[2])

    def ask(self, name, **arguments):
        """The answer to a request; events on the way are kept."""
        self.send(name, **arguments)
        while (message := self.read())["type"] == "event":
            self.events.append(message)
        assert message["command"] == name
        assert message["request_seq"] == self._seq
        return message

    def until(self, *names):
        """The body of the next event of one of these names."""
        while True:
            message = self.events.pop(0) if self.events else self.read()
            if message["type"] == "event" and message["event"] in names:
                return message.get("body")

    def begin(self, **settings):
        """Launch and go on until the first stop."""
        assert self.ask("initialize", adapterID="pagewalk")["success"]
        assert self.ask("launch", **settings)["success"]
        self.until("initialized")

    def go(self, name="configurationDone", **arguments):
        """Do that, and return what is told of the stop that it leads to."""
        assert self.ask(name, **arguments)["success"]
        return self.until("stopped", "terminated")

    def top(self, tid):
        return self.ask("stackTrace", threadId=tid)["body"]["stackFrames"][0]

    def close(self):
        os.close(self._out)
        self._thread.join(60)
        while self.read() is not None:
            pass
        os.close(self._in)


@pytest.fixture
def editor():
    made = []

    def begin(*arguments, **choices):
        made.append(Editor(*arguments, **choices))
        return made[-1]

    yield begin
    for each in made:
        each.close()


@pytest.fixture
def called(capsys):
    return caller(capsys)


def test_a_run_stops_at_a_line_of_its_source_goes_back_and_on_again(editor):
    here = editor()
    here.begin()
    answer = here.ask("setBreakpoints", source={"path": str(COW)}, breakpoints=[{"line": STORE}, {"line": 1}])
    assert [each["verified"] for each in answer["body"]["breakpoints"]] == [True, False]
    stop = here.go()
    assert stop["reason"] == "breakpoint"
    top = here.top(stop["threadId"])
    assert (top["line"], top["source"]["path"]) == (STORE, str(COW))
    back = here.go("stepBack", threadId=stop["threadId"])
    assert here.top(back["threadId"])["line"] < STORE
    assert here.go("next", threadId=back["threadId"])["reason"] in ("step", "breakpoint")
    assert here.top(stop["threadId"])["line"] == STORE


def test_a_run_stops_after_a_copy_and_shows_what_has_become_of_the_page(editor):
    here = editor()
    here.begin()
    here.ask("setExceptionBreakpoints", filters=["copy"])
    stop = here.go()
    assert (stop["reason"], stop["threadId"]) == ("function breakpoint", 2)
    assert stop["text"].startswith("copy: pid 2")
    scopes = {each["name"]: each["variablesReference"] for each in here.ask("scopes", frameId=2)["body"]["scopes"]}
    assert list(scopes) == ["Registers", "Page table", "TLBs", "Frames"]
    trees = {name: here.ask("variables", variablesReference=each)["body"]["variables"] for name, each in scopes.items()}
    registers = {row["name"]: row["value"] for row in trees["Registers"]}
    assert registers["pc"] == here.top(2)["instructionPointerReference"]
    page = next(row for row in trees["Page table"] if row["name"] == registers["s0"])
    assert "rw-uad" in page["value"]
    entries = here.ask("variables", variablesReference=trees["TLBs"][0]["variablesReference"])["body"]["variables"]
    assert any("grants" in row["value"] for row in entries)
    assert any("process 1 at" in row["value"] for row in trees["Frames"])


def test_labels_and_events_are_function_breakpoints(editor):
    here = editor()
    here.begin()
    names = [{"name": "child"}, {"name": "pte 0x12000"}, {"name": "nonsense"}]
    answer = here.ask("setFunctionBreakpoints", breakpoints=names)["body"]["breakpoints"]
    assert [each["verified"] for each in answer] == [True, True, False]
    assert "nonsense" in answer[2]["message"]
    assert here.go()["text"].startswith("the PTE of 0x12000")  # fork takes the right to write away
    assert here.top(here.go("continue", threadId=1)["threadId"])["name"] == "child"


def test_a_run_goes_back_to_where_it_began(editor):
    here = editor()
    here.begin(stopOnEntry=True)
    assert here.go()["reason"] == "entry"
    here.ask("setFunctionBreakpoints", breakpoints=[{"name": "child"}])
    assert here.go("continue", threadId=1)["reason"] == "breakpoint"
    assert here.go("reverseContinue", threadId=1)["description"] == "beginning"
    assert here.top(1)["name"] == "_start"


def test_a_pause_stops_an_endless_run(editor, tmp_path):
    endless = tmp_path / "endless.s"
    endless.write_text("_start: j _start\n")
    here = editor(endless)
    here.begin()
    here.ask("configurationDone")
    assert here.go("pause", threadId=1)["reason"] == "pause"


def test_what_the_program_writes_and_its_end_are_told(editor):
    here = editor()
    here.begin()
    here.ask("configurationDone")
    assert "child" in here.until("output")["output"]
    assert here.until("exited") == {"exitCode": 0}
    here.until("terminated")
    assert here.ask("disconnect")["success"]


def test_instructions_are_shown_around_an_address(editor):
    here = editor()
    here.begin(stopOnEntry=True)
    here.go()
    top = here.top(1)
    rows = here.ask(
        "disassemble", memoryReference=top["instructionPointerReference"], instructionOffset=-1, instructionCount=3
    )["body"]["instructions"]
    entry = int(top["instructionPointerReference"], 0)
    assert [int(row["address"], 0) for row in rows] == [entry - 4, entry, entry + 4]
    assert [row["instruction"].split()[0] for row in rows] == ["none", "auipc", "addi"]


def test_monitor_commands_are_answered_in_the_console(editor):
    here = editor()
    here.begin(stopOnEntry=True)
    here.go()
    assert "hart 0" in here.ask("evaluate", expression="tlb")["body"]["result"]
    assert "is no command" in here.ask("evaluate", expression="x + 1")["body"]["result"]


@pytest.mark.parametrize(
    ("name", "arguments", "words"),
    [
        ("nonsense", {}, "'nonsense' is no request"),
        ("threads", {}, "no program was launched"),
        ("stepOut", {"threadId": 1}, "there is no frame to step out of"),
        ("launch", {"program": 5}, "Expected `str | null`"),
        ("launch", {"program": "/no/such.s"}, "no/such.s"),
    ],
)
def test_what_cannot_be_is_refused_in_one_line_and_the_editor_can_go_on(editor, name, arguments, words):
    here = editor()
    answer = here.ask(name, **arguments)
    assert not answer["success"]
    assert words in answer["message"]
    assert "\n" not in answer["message"]
    here.begin(stopOnEntry=True)
    assert here.go()["reason"] == "entry"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"hello\r\n\r\n", "'hello' is no header; Content-Length: N is right"),
        (b"Content-Length: 3\r\n\r\n{x}", "a message is no request"),
        (b"Content-Length: 2\r\n\r\n[]", "a message is no request"),
    ],
)
def test_garbage_ends_the_adapter_in_one_line(editor, data, words):
    here = editor()
    here.write(data)
    here._thread.join(60)
    assert words in here.mistake


def test_a_debugged_run_ends_as_a_straight_one(editor):
    here = editor(harts=2)
    here.begin(stopOnEntry=True)
    here.go()
    for move in ("next", "next", "stepBack", "next", "stepIn", "reverseContinue", "next"):
        here.go(move, threadId=1, granularity="instruction")
        here.ask("scopes", frameId=1)
    assert here.go("continue", threadId=1) is None
    straight = Machine(memory="16MiB", harts=2)
    straight.spawn(Program.load(COW))
    assert told(here.machine) == told(straight)


def test_the_command_speaks_on_its_standard_input_and_output():
    run = subprocess.run(command("debug", COW, "--dap"), input=b"", capture_output=True, timeout=60, check=False)
    assert (run.returncode, run.stdout, run.stderr) == (0, b"", b"")


def test_garbage_on_standard_input_is_one_line():
    run = subprocess.run(command("debug", "--dap"), input=b"x\r\n\r\n", capture_output=True, timeout=60, check=False)
    assert_refused((run.returncode, run.stdout.decode(), run.stderr.decode()), "--dap: 'x' is no header")
