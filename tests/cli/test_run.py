"""`pagewalk run` and `pagewalk explain`: options in, output and exit status out."""

import json
import re

import pytest

from emulator.cli.stdin import StandardInput
from tests.commands import assert_refused


def test_a_run_prints_the_output_of_the_program_and_nothing_else(call, machines, program):
    assert call("run", program) == (0, "hello\n", "")


def test_a_run_exits_with_the_status_of_the_program(call, machines, program):
    machines.outcome = {"exit_status": 139}
    assert call("run", program)[0] == 139


def test_error_output_stays_apart(call, machines, program):
    machines.outcome = {"stdout": "", "stderr": "oh\n"}
    assert call("run", program) == (0, "", "oh\n")


def test_bytes_that_are_no_text_pass_through(capfdbinary):
    from emulator.cli.output import write_text

    with open(1, "w", errors="surrogateescape", closefd=False) as stdout:
        write_text(stdout, "\udcff")
    assert capfdbinary.readouterr().out == b"\xff"


def test_options_reach_the_machine(call, machines, program):
    call("run", "--fork", "eager", "--memory", "64MiB", "--paging=sv48", "--seed", 3, "--harts", 1, program)
    assert machines.made[0].options == {
        "fork": "eager", "memory": "64MiB", "paging": "sv48", "seed": 3, "harts": 1,
    }  # fmt: skip


def test_options_that_are_not_given_are_left_to_the_machine(call, machines, program):
    call("run", program)
    assert machines.made[0].options == {}


def test_options_may_follow_the_program(call, machines, program):
    call("run", program, "--fork", "eager")
    assert machines.made[0].options == {"fork": "eager"}


def test_set_may_be_repeated(call, machines, program):
    call("run", program, "--set", "price.pte=3", "--set", "tlb.l1d.entries = 32")
    assert machines.made[0].overrides == {"price.pte": "3", "tlb.l1d.entries": "32"}


def test_arguments_follow_the_program(call, machines, program):
    call("run", program, "one", "--", "--fork")
    assert machines.made[0].argv == [str(program), "one", "--fork"]


def test_a_limit_ends_the_run_with_124_and_its_statistics(call, machines, program):
    machines.outcome = {"ended": "limit"}
    status, _, err = call("run", program, "--max-instructions", 1000, "--stats")
    assert machines.made[0].limit == 1000
    assert status == 124
    assert "1,000 instructions in 2,000 cycles" in err
    assert "stopped at the limit of 1,000 instructions" in err


def test_an_interrupt_ends_the_run_with_130_and_its_statistics(call, machines, program):
    machines.outcome = {"ended": "interrupt"}
    status, _, err = call("run", program, "--stats")
    assert status == 130
    assert "1,000 instructions in 2,000 cycles" in err


def test_a_program_that_waits_for_ever_ends_the_run_with_125(call, machines, program):
    machines.outcome = {"ended": "blocked"}
    status, _, err = call("run", program)
    assert status == 125
    assert "waits for ever" in err


@pytest.mark.parametrize("command", ["run", "explain", "check"])
def test_system_calls_without_a_meaning_are_named_in_one_line(call, machines, program, command):  # F93
    machines.outcome = {"unknown_calls": {56: 3000, 291: 1, 9999: 2}}
    _, _, err = call(command, program)
    assert len(err.splitlines()) == 1
    assert err.endswith("unknown system calls: 56 openat (3,000), 291 statx (1), 9999 of no name (2)\n")


def test_statistics_go_to_standard_error(call, machines, program):
    _, out, err = call("run", program, "--stats")
    assert out == "hello\n"
    assert re.search(r"kernel\.copy +1,000 +50\.0 %", err)


def test_json_is_written_to_a_file(call, machines, program, tmp_path):
    call("run", program, "--json", tmp_path / "a.json")
    assert json.loads((tmp_path / "a.json").read_text())["costs"]["kernel.copy"] == 1000


def test_json_on_standard_output_is_alone_there(call, machines, program):
    assert json.loads(call("run", program, "--json", "-")[1])["stdout"] == "hello\n"


@pytest.mark.parametrize(
    ("suffix", "magic"), [(".csv", b"kind,cycle"), (".jsonl", b'{"kind":"copy"'), (".parquet", b"PAR1")]
)
def test_events_are_written_as_their_suffix_says(call, machines, program, tmp_path, suffix, magic):
    path = tmp_path / f"events{suffix}"
    assert call("run", program, "--trace", path)[0] == 0
    assert path.read_bytes().startswith(magic)


def test_lists_in_csv_are_parted_by_blanks(call, machines, program, tmp_path):
    call("run", program, "--trace", tmp_path / "events.csv")
    header, row = (tmp_path / "events.csv").read_text().splitlines()
    assert dict(zip(header.split(","), row.split(","), strict=True))["sharers"] == "1 2 0 0 0 0 0 0"


@pytest.mark.parametrize(
    ("options", "error"),
    [
        (["--trace", "x.cvs"], r"'\.cvs' is no trace; did you mean '\.csv'\?"),
        (["--trace", "nowhere/x.csv"], r"nowhere/x\.csv: cannot be written: its folder does not exist"),
        (["--json", "."], r"\.: cannot be written: it is a folder"),
        (["--set", "price.pte"], r"--set price\.pte: has no value; KEY=VALUE is right"),
    ],
)
def test_mistakes_are_found_before_the_machine_runs(call, machines, program, options, error):
    assert_refused(call("run", program, *options), error)
    assert machines.made == []


def test_a_plain_run_keeps_nothing_for_timelines(call, machines, program):
    call("run", program)
    assert (machines.made[0].events, machines.made[0].options) == (0, {})


def test_a_timeline_asks_for_its_package_before_the_machine_runs(call, machines, program, monkeypatch):
    monkeypatch.setattr("emulator.observe.trace.find_spec", lambda name: None)
    words = r"--trace x\.perfetto-trace: needs the package perfetto; pip install 'pagewalk\[perfetto\]' installs it"
    assert_refused(call("run", program, "--trace", "x.perfetto-trace"), words)
    assert machines.made == []


def test_a_timeline_and_a_page_are_not_made_of_one_run(call, machines, program, tmp_path):
    there = ["--html", tmp_path / "x.html", "--trace", tmp_path / "x.perfetto-trace"]
    assert_refused(
        call("explain", program, *there), "--trace .*: is not made together with --html; one after the other"
    )
    assert machines.made == []


@pytest.mark.parametrize("command", ["run", "explain"])
def test_a_timeline_is_written_where_it_is_asked_for(call, program, tmp_path, command):
    path = tmp_path / "x.perfetto-trace"
    assert call(command, program, "--trace", path)[2].count("error") == 0
    assert path.stat().st_size > 0


def test_standard_input_is_read_only_when_it_is_asked_for(monkeypatch, tmp_path):
    monkeypatch.setattr("os.isatty", lambda _: pytest.fail("read too early"))
    StandardInput()


def test_a_terminal_gives_no_standard_input(monkeypatch):
    monkeypatch.setattr("os.isatty", lambda _: True)
    assert StandardInput().part(0, 10) == b""


def test_explain_tells_the_story_and_quotes_the_output(call, machines, program):
    status, out, err = call("explain", program)
    assert (status, err) == (0, "")
    assert out.startswith("fault 1   store   pid 2")
    assert "  | hello" in out


def test_explain_is_plain_and_has_no_trailing_blanks_in_a_pipe(call, machines, program):
    out = call("explain", program)[1]
    assert "\x1b" not in out
    assert not re.search(r" $", out, re.MULTILINE)


def test_explain_tells_at_most_what_is_asked_for(call, machines, program):
    out = call("explain", program, "--limit", 0)[1]
    assert not out.startswith("fault")
    assert "1 more event not told" in out


ASKING = "#? run: --harts 2 --set quantum=5000 word\n#? run: --fork eager\n#? nonsense\n_start:\n        ecall\n"


def test_explain_makes_the_run_that_the_program_asks_for_first_and_says_so(call, machines, program):  # F103
    program.write_text(ASKING)
    out = call("explain", program)[1]
    words = f"{program}:1 asks for this run: --harts 2 --set quantum=5000 word; lines that ask for other runs: 2"
    assert " ".join(out.split("\n\n")[0].split()) == words
    assert out.split("\n\n")[1].startswith("fault 1")
    assert machines.made[0].options["harts"] == 2
    assert (machines.made[0].overrides, machines.made[0].argv[1:]) == ({"quantum": "5000"}, ["word"])


def test_options_of_the_command_line_come_before_those_of_a_run_line(call, machines, program):  # F103
    program.write_text(ASKING)
    call("explain", program, "--harts", 3, "--set", "quantum=7000", "another")
    assert machines.made[0].options["harts"] == 3
    assert (machines.made[0].overrides, machines.made[0].argv[1:]) == ({"quantum": "7000"}, ["another"])


def test_a_run_line_that_makes_no_run_is_named_by_explain(call, machines, program):  # F103
    program.write_text("#? run: --hearts 2\n_start:\n        ecall\n")
    status, out, err = call("explain", program)
    assert (status, out) == (2, "")
    assert f"{program}:1: " in err
    assert "no option of a run" in err


def test_a_limit_of_a_run_line_ends_explain_and_is_named(call, machines, program):  # F103
    program.write_text("#? run: --max-instructions 5000\n_start:\n        ecall\n")
    machines.outcome = {"ended": "limit"}
    status, _, err = call("explain", program)
    assert (status, machines.made[0].limit) == (124, 5000)
    assert "5,000 instructions" in err


def test_the_story_is_80_columns_wide_in_a_pipe_and_no_word_is_broken(call, machines, program):  # F104
    lines = call("explain", program)[1].splitlines()
    assert max(map(len, lines)) <= 80
    assert lines[0] == "fault 1   store   pid 2   story.s:2   sd t3, 8(t1)   va 0x3fb7a008"
    assert "  done     0x214 -> 0x231, 4096 bytes copied; PTE r--ua- -> rw-uad; 1 page" in lines
    assert "           invalidated" in lines


def test_explain_tells_repetitions_in_full_where_it_is_asked_to(call, machines, program):  # F102
    assert call("explain", program, "--all")[0] == 0


def test_a_killed_program_is_told_with_success(call, machines, program):
    machines.outcome = {"exit_status": 139}
    assert call("explain", program)[0] == 0


def test_stale_uses_are_reported_apart_from_the_output(call, machines, program):
    machines.outcome = {"counters": {"stale.uses": 3}}
    assert call("run", "--check-stale", "--tlb", "adversarial", "--schedule", "seed:7", program)[1:] == (
        "hello\n",
        "3 more stale uses not told\n",
    )
    assert machines.made[0].options == {"check_stale": True, "tlb": "adversarial", "schedule": "seed:7"}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--check-stale"], True),
        (["--check-stale", "every"], "every"),
        (["--check-stale=every"], "every"),
        ([], None),
    ],
)
def test_the_checker_is_off_on_or_compares_every_hit(call, machines, program, words, said):
    assert call("run", *words, program)[0] == 0
    assert machines.made[0].options.get("check_stale") == said


def test_another_word_for_the_checker_is_refused(call, program):
    status, _, said = call("run", "--check-stale=evry", program)
    assert (status, said.count("\n")) == (2, 1)
    assert "check_stale: 'evry' is neither on nor off; 0, 1 or every is right" in said


def test_words_after_two_dashes_are_the_programs(call, machines, program):
    assert call("run", program, "--", "--check-stale", "every")[0] == 0
    assert "check_stale" not in machines.made[0].options


@pytest.mark.parametrize(("options", "asked"), [([], False), (["--json", "-"], False), (["--stats"], True)])
def test_events_are_kept_only_where_they_are_asked_for(call, machines, program, options, asked):
    call("run", program, *options)
    assert machines.made[0].events == (None if asked else 0)  # None: as many as a machine keeps


def test_a_trace_and_a_story_ask_for_events(call, machines, program, tmp_path):
    call("run", program, "--trace", tmp_path / "x.csv")
    call("explain", program)
    assert [machine.events for machine in machines.made] == [None, None]


@pytest.mark.parametrize("command", [["explain"], ["run", "--stats"], ["run", "--trace", "x.csv"]], ids=" ".join)
def test_events_that_were_not_kept_are_counted_where_events_are_shown(
    call, machines, program, tmp_path, monkeypatch, command
):
    monkeypatch.chdir(tmp_path)
    machines.outcome = {"events_left_out": 1234567}
    err = call(*command, program)[2]
    assert "pagewalk: the first 1 events were kept; 1,234,567 after them were only counted\n" in err
