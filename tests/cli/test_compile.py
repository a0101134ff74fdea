"""The first command on a machine: an answer at once, in plain Python, while one process compiles in the background."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from emulator.base.errors import EmulatorError
from emulator.native import engine
from emulator.native.service import Progress

TOP = Path(__file__).parents[2]
COMMAND = [sys.executable, "-c", "import sys; from emulator.cli import main; main()"]
STORY = ["explain", "programs/child_writes_first.s"]
SAID = r"pagewalk: plain Python answers while the emulator is compiled in the background, about \d+ s \w+ \w+\n"


class Cold:
    """A machine on which nothing is compiled: commands to run there, and the process that they may have started."""

    def __init__(self, cache):
        self.cache = cache
        self.environment = {**os.environ, "PAGEWALK_CACHE": str(cache), "PAGEWALK_ENGINE": "auto"}
        self.environment.pop("NUMBA_DISABLE_JIT", None)

    def start(self, *arguments, **environment):
        """Start a command."""
        return subprocess.Popen(
            [*COMMAND, *arguments],
            cwd=TOP,
            env=self.environment | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *arguments, **environment):
        """Run a command to its end; return (exit status, standard output, standard error)."""
        process = self.start(*arguments, **environment)
        out, err = process.communicate()
        return process.returncode, out, err

    def compiling(self, helpers=False):
        """Return the numbers of the processes that compile for this machine; with `helpers`, of their children."""
        found = []
        for place in Path("/proc").glob("[0-9]*/cmdline"):
            try:
                words = place.read_bytes().decode(errors="replace").split("\0")
            except OSError:
                continue
            pid = int(place.parent.name)
            ours = "emulator.compiler" in words and any(word.startswith(str(self.cache)) for word in words)
            if ours and (_session_of(pid) != pid) == helpers:
                found.append(pid)
        return found

    def until(self, condition):
        """Wait for `condition`, for a minute at most."""
        for _ in range(600):
            if condition():
                return
            time.sleep(0.1)
        raise AssertionError("a minute has gone")

    def end(self):
        """End what compiles."""
        for pid in self.compiling():
            os.killpg(pid, signal.SIGTERM)
        self.until(lambda: not self.compiling())


def _session_of(pid):
    """The process that leads the session of `pid`; itself where it has gone meanwhile."""
    try:
        return os.getsid(pid)
    except ProcessLookupError:
        return pid


@pytest.fixture
def cold(tmp_path):
    """A cold machine; what compiles there is ended with the test."""
    machine = Cold(tmp_path)
    yield machine
    machine.end()


@pytest.mark.slow
def test_the_first_answer_is_that_of_plain_python_and_compiling_outlives_it(cold):
    status, out, err = cold.run(*STORY)
    assert len(cold.compiling()) == 1
    assert re.fullmatch(SAID, err)
    assert (status, out, "") == cold.run(*STORY, "--engine", "plain")


@pytest.mark.slow
def test_two_first_commands_share_one_compilation_and_neither_waits_for_the_other(cold):
    commands = [cold.start(*STORY), cold.start("run", "programs/hello.s")]
    answers = [command.communicate() for command in commands]
    assert [command.returncode for command in commands] == [0, 0]
    assert answers[1][0] == "hello, page tables\n"
    assert all(re.fullmatch(SAID, err) for _, err in answers)
    cold.until(lambda: len(cold.compiling()) == 1)


@pytest.mark.slow
def test_check_answers_at_once_too(cold):
    status, out, err = cold.run("check", "programs/hello.s", "programs/zero_page.s")
    assert status == 0
    assert out.endswith("2 checked: 2 ok, 0 failed\n")
    assert re.fullmatch(SAID, err)


@pytest.mark.slow
def test_an_interrupted_compilation_is_one_line_and_leaves_a_working_tool(cold):
    process = cold.start("compile")
    cold.until(cold.compiling)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert (process.returncode, out) == (130, "")
    assert err.splitlines()[-1] == (
        "pagewalk: interrupted; commands answer in plain Python until there is compiled code"
    )
    assert cold.compiling() == []
    assert cold.run("run", "programs/hello.s")[:2] == (0, "hello, page tables\n")


@pytest.mark.slow
def test_an_interrupt_ends_those_too_who_help_to_compile(cold):
    process = cold.start("compile")
    cold.until(lambda: cold.compiling(helpers=True))
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=30)
    assert process.returncode == 130
    time.sleep(0.5)  # a share takes seconds
    assert cold.compiling(helpers=True) == []


@pytest.mark.slow
def test_nobody_can_write_anywhere_and_programs_run(cold):
    """Whoever is root can write everywhere; a file in the place of every folder stops root, too."""
    nowhere = cold.cache / "file"
    nowhere.write_text("")
    places = dict.fromkeys(("PAGEWALK_CACHE", "XDG_CACHE_HOME", "HOME"), str(nowhere))
    code = f"import tempfile; tempfile.tempdir = {str(nowhere)!r}; from emulator.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", code, "run", "programs/hello.s"],
        cwd=TOP,
        env=cold.environment | places,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, "hello, page tables\n")
    assert re.fullmatch(
        r"pagewalk: plain Python answers: nothing can be compiled: .*Not a directory; .*\n", done.stderr
    )


def test_an_unknown_engine_is_a_mistake(call, program):
    status, out, err = call("run", "--engine", "plian", program)
    assert (status, out) == (2, "")
    assert err == "pagewalk: error: engine: 'plian'; auto, plain, compiled is right; did you mean 'plain'?\n"


def test_the_engine_is_no_part_of_the_account(call):
    """Results are the same whoever answers, the settings that they name too."""
    plain = call("run", "programs/hello.s", "--json", "-", "--engine", "plain")[1]
    assert plain == call("run", "programs/hello.s", "--json", "-", "--engine", "compiled")[1]
    assert "engine" not in json.loads(plain)["settings"]


def pretended(monkeypatch, *progress, ending=None):
    """Let a compilation be as far as `progress` says, one after the other, and then done, or raise `ending`."""

    def wait(modules=(), watch=None, stop=False):
        for done in progress:
            watch(Progress(done, seconds=40 * done))
        if ending is not None:
            raise ending

    monkeypatch.setattr(engine, "ready", lambda *_: None)
    monkeypatch.setattr(engine, "wait", wait)
    monkeypatch.setattr(engine, "estimate", lambda: 42.0)


def test_a_compilation_that_is_waited_for_says_how_far_it_is(call, machines, program, monkeypatch):
    pretended(monkeypatch, 0.1, 0.3, 0.4, 0.8)
    status, out, err = call("run", program, "--engine", "compiled")
    assert (status, out) == (0, "hello\n")
    assert err.splitlines() == [
        "pagewalk: compiling the emulator for this machine, once: about 40 s",
        "pagewalk: 30% compiled, about 30 s left",
        "pagewalk: 80% compiled, about 10 s left",
    ]


def test_on_a_terminal_it_has_a_bar_that_leaves_nothing_behind(call, machines, program, monkeypatch):
    pretended(monkeypatch, 0.1, 0.5)
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    status, out, err = call("run", program, "--engine", "compiled")
    assert (status, out) == (0, "hello\n")
    assert "compiling the emulator for this machine, once" in err
    assert "about" not in err


def test_a_wait_that_is_interrupted_says_that_compiling_goes_on(call, machines, program, monkeypatch):
    pretended(monkeypatch, ending=KeyboardInterrupt())
    status, out, err = call("run", program, "--engine", "compiled")
    assert (status, out) == (130, "")
    assert err.splitlines()[-1] == "pagewalk: interrupted; compiling goes on in the background"
    assert machines.made == []


def test_a_laboratory_waits_for_compiled_code(call, monkeypatch):
    """Plain Python would take an hour for what compiled code measures in a minute."""
    pretended(monkeypatch, ending=EmulatorError("nothing was compiled: no reason"))
    status, out, err = call("lab", "flush", "--pages", "1")
    assert (status, out) == (2, "")
    assert err.splitlines()[-1] == "pagewalk: error: nothing was compiled: no reason"
