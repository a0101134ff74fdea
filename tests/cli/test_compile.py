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

    def compiling(self):
        """Return the numbers of the processes that compile for this machine."""
        found = []
        for place in Path("/proc").glob("[0-9]*/cmdline"):
            try:
                words = place.read_bytes().decode(errors="replace").split("\0")
            except OSError:
                continue
            if "emulator.compiler" in words and any(word.startswith(str(self.cache)) for word in words):
                found.append(int(place.parent.name))
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
            os.kill(pid, signal.SIGTERM)
        self.until(lambda: not self.compiling())


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
