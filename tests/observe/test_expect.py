"""`#?` lines: what they say, what they refuse, and when they hold."""

import pytest

from emulator.base.errors import ExpectationError
from emulator.observe.expect import Run, evaluate, read_expectations
from tests.observe.made import result


def read(*lines):
    return read_expectations("\n".join(lines), "x.s")


def verdicts(line, **changes):
    return evaluate(read(line).lines, result(**changes))


def holds(line, **changes):
    (verdict,) = verdicts(line, **changes)
    return verdict.holds


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("#? cow.copies == 1", True),
        ("#? cow.copies == 0", False),
        ("#? cow.copies != 0", True),
        ("#? cow.copies < 1", False),
        ("#? cow.copies <= 1", True),
        ("#? cow.copies > 0", True),
        ("#? cow.copies >= 2", False),
        ("   #?cow.copies==1", True),
        ("#? cow.copies == 0x1   # once", True),
        ("#? cow.copies >= -1", True),
    ],
)
def test_a_counter_is_compared_with_a_whole_number(line, expected):
    assert holds(line, counters={"cow.copies": 1}) is expected


def test_a_cost_may_be_expected():
    assert holds("#? kernel.copy == 1000")


def test_the_exit_status_may_be_expected():
    assert holds("#? exit_status == 3", exit_status=3)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (r'#? stdout == "a # b\n"  # a comment', True),
        (r'#? stdout != "a # b\n"', False),
        (r'#? stdout == "a # b"', False),
        (r'#? stderr == ""', True),
    ],
)
def test_output_is_compared_with_a_text_in_quotes(line, expected):
    assert holds(line, stdout="a # b\n") is expected


def test_lines_without_the_mark_promise_nothing():
    assert read("# cow.copies == 1", "addi t0, t0, 1", "", "## ? x").lines == ()


def test_a_line_remembers_where_it_stands():
    (line,) = read("", "#? cow.copies == 1").lines
    assert (line.file, line.line, line.text) == ("x.s", 2, "cow.copies == 1")


def test_a_mode_limits_a_line_to_a_setting():
    assert verdicts("#? [fork=eager] cow.copies == 1") == []
    assert verdicts("#? [fork=cow] cow.copies == 0") != []


def test_all_modes_of_a_line_must_hold():
    assert verdicts("#? [fork=cow, profile=ideal] cow.copies == 0") == []
    assert verdicts("#? [fork=cow, profile=skylake] cow.copies == 0") != []


def test_a_mode_compares_sizes_not_spellings():
    assert verdicts("#? [memory=65536KiB] cow.copies == 0") != []


def test_a_verdict_says_what_it_was():
    (verdict,) = verdicts("#? cow.copies == 1", counters={"cow.copies": 2})
    assert str(verdict) == "x.s:1: cow.copies == 1: fails, it is 2"


def test_a_verdict_shows_text_on_one_line():
    (verdict,) = verdicts('#? stdout == ""', stdout="a\nb\n")
    assert str(verdict).endswith(r'fails, it is "a\nb\n"')


def test_without_a_run_line_there_is_one_default_run():
    assert read("#? cow.copies == 1").runs == (Run(),)


def test_each_run_line_is_a_run():
    runs = read("#? run: --fork eager --memory=64MiB one 'two words'", "#? run: --set price.pte=3 --set quantum=5").runs
    assert runs == (
        Run({"fork": "eager", "memory": "64MiB"}, {}, ("one", "two words")),
        Run({}, {"price.pte": "3", "quantum": "5"}, ()),
    )


def test_after_two_dashes_all_words_are_arguments():
    assert read("#? run: --fork eager -- --fork cow").runs == (Run({"fork": "eager"}, {}, ("--fork", "cow")),)


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ("#? cow.copy == 1", r"'cow\.copy' is no counter or cost; did you mean 'cow\.copies'\?"),
        ("#? cow.copies = 1", r"'counter == number' is right"),
        ("#? cow.copies", r"'counter == number' is right"),
        ("#?", r"'counter == number' is right"),
        ("#? cow.copies == one", r"'one' is no whole number"),
        ("#? cow.copies == 1.5", r"'1\.5' is no whole number"),
        ("#? cow.copies == ", r"'' is no whole number"),
        ("#? stdout < 3", r"stdout is text, which == and != compare"),
        ("#? stdout == done", r"a text in double quotes"),
        (r'#? stdout == "\x4"', r"unknown escape"),
        ("#? [frok=cow] cow.copies == 1", r"'frok' is no setting; did you mean 'fork'\?"),
        ("#? [fork=cwo] cow.copies == 1", r"fork: 'cwo' is unknown; did you mean 'cow'\?"),
        ("#? [profile=skylke] cow.copies == 1", r"did you mean 'skylake'\?"),
        ("#? [eager] cow.copies == 1", r"'\[eager\]' limits to no setting"),
        ("#? run: --frok eager", r"'--frok' is no option of a run; did you mean 'fork'\?"),
        ("#? run: --fork", r"'--fork' needs a value"),
        ("#? run: 'one", r"quotes do not pair"),
        ("#? run: --harts 300", r"harts: 300 is out of range"),
        ("#? cow.copies == \u00b2", r"'\u00b2' is no whole number"),
        (f"#? cow.copies == {'9' * 5000}", r"is out of range"),
        ('#? ended == "exits"', r"'exits' is no end of a run; did you mean 'exit'\?"),
        ("#? ended > 3", r"ended is text, which == and != compare"),
        ("#? [fork=cow, fork=eager] cow.copies == 0", r"fork stands twice"),
        # What can never hold: counters are whole numbers from 0 to 2**63 - 1, exit statuses 0 to 255.
        ("#? frames.leaked < 0", r"can never hold: frames\.leaked is a whole number from 0"),
        ("#? cow.copies == -1", r"can never hold"),
        ("#? cow.copies <= -5", r"can never hold"),
        ("#? base > 0x7fffffffffffffff", r"can never hold"),
        ("#? exit_status == 300", r"can never hold: exit_status is a whole number from 0 to 255"),
        ("#? exit_status > 255", r"can never hold"),
        ("#? exit_status < 0", r"can never hold"),
        (r'#? stdout == "\ud800"', r"can never hold"),
    ],
)
def test_what_is_no_promise_is_refused_with_its_place_and_what_would_be_right(line, error):
    with pytest.raises(ExpectationError, match=rf"^x\.s:2: '#\?.*{error}"):
        read("", line)


@pytest.mark.parametrize(
    "lines",
    [
        ["#? cow.copies == 1", "#? cow.copies == 2"],
        ["#? cow.copies > 3", "#? cow.copies < 3"],
        ["#? cow.copies >= 3", "#? cow.copies != 3", "#? cow.copies <= 3"],
        ["#? cow.copies == 1", "#? cow.copies != 1"],
        ['#? stdout == "a"', '#? stdout == "b"'],
        ['#? stdout == "a"', '#? stdout != "a"'],
        ['#? ended == "exit"', '#? ended == "limit"'],
        ["#? [fork=eager] cow.copies == 1", "#? [fork=eager] cow.copies == 2"],
        ["#? [memory=64MiB] cow.copies == 1", "#? [memory=65536KiB] cow.copies == 2"],
    ],
)
def test_promises_that_contradict_each_other_are_refused_at_the_later_one(lines):
    with pytest.raises(ExpectationError, match=rf"^x\.s:{len(lines)}: .*can never hold beside what line 1"):
        read(*lines)


@pytest.mark.parametrize(
    "lines",
    [
        ["#? [fork=eager] cow.copies == 1", "#? [fork=cow] cow.copies == 2"],
        ["#? [fork=eager] cow.copies == 1", "#? cow.copies == 2"],
        ["#? cow.copies == 1", "#? cow.copies == 1"],
        ["#? cow.copies > 1", "#? cow.copies < 3"],
        ['#? stdout != "a"', '#? stdout != "b"'],
    ],
)
def test_promises_that_can_hold_are_kept(lines):
    assert len(read(*lines).lines) == len(lines)


@pytest.mark.parametrize("end", ["\u2028", "\u2029", "\u0085", "\f", "\v", "\x1c", "\x1e", "\r"])
def test_only_a_newline_ends_a_line(end):
    assert read(f"# said{end}#? nope == 1", "#? cow.copies == 0").lines[0].line == 2


def test_a_byte_order_mark_may_come_first():
    assert len(read("\ufeff#? cow.copies == 0").lines) == 1


@pytest.mark.parametrize("ended", ["exit", "limit", "blocked"])
def test_how_a_run_ended_may_be_expected(ended):
    assert holds(f'#? ended == "{ended}"', ended=ended)
