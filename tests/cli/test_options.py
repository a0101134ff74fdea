"""Options and what no machine has: one short line that names the option, before anything runs (F82)."""

import pytest

from tests.commands import assert_refused

NUMBERS = ["--harts", "--seed", "--max-instructions"]
WORDS = ["--memory", "--paging", "--fork", "--flush", "--ad", "--tlb", "--schedule", "--profile", "--engine"]
NONE = [
    "",
    "-1",
    "²",
    "٣",
    "9" * 5000,
    "-" + "9" * 5000,
    "0x" + "f" * 9000,
    "1e3",
    "1.5",
    "nan",
    "True",
    "a\nb",
    "x" * 3000,
]


@pytest.mark.parametrize("value", NONE, ids=lambda value: ascii(value[:9]))
@pytest.mark.parametrize("option", NUMBERS + WORDS)
def test_a_value_that_an_option_cannot_have_is_refused_in_one_short_line(call, program, option, value):
    assert len(assert_refused(call("run", program, option, value), option[2:])) < 1200


@pytest.mark.parametrize(
    "text",
    [
        "",
        "price.pte",
        "=1",
        "nope=1",
        "price.pte=",
        "price.pte=²",
        "price.pte=-1",
        f"price.pte={'9' * 5000}",
        f"tlb.l1d.ways=0x{'f' * 9000}",
        "tlb.l1d=5",
        "tlb.l1d.entries=7",
        "clock_ghz=nan",
        "clock_ghz=inf",
        "clock_ghz=²",
        "cache.l1d.size=²",
        f"cache.l1d.size={'9' * 5000}",
        "quantum=0",
        "pti=2",
        "asid_bits=13",
        "bug=x",
        "harts=0",
        "memory=1",
        "schedule=nowhere",
        "dram.source=",
        "a\nb=1",
        f"{'x' * 9000}=1",
    ],
    ids=lambda text: ascii(text[:20]),
)
def test_an_override_that_makes_no_machine_is_refused_in_one_short_line(call, program, text):
    assert len(assert_refused(call("run", program, "--set", text))) < 1200


@pytest.mark.parametrize(
    "content",
    [b"", b"0\n", b"0 " + b"9" * 5000, "² 1\n".encode(), b"\xff", b"0 1\n" * 70_000, b"0 1\x00"],
    ids=range(7),
)
def test_a_schedule_that_is_none_is_refused_in_one_short_line(call, program, tmp_path, content):
    path = tmp_path / "steps"
    path.write_bytes(content)
    assert len(assert_refused(call("run", program, "--schedule", path))) < 1200


@pytest.mark.parametrize("command", ["flush", "invalidation", "validate"])
@pytest.mark.parametrize("value", ["", "²", "9" * 5000, "1,,2", "5-1", "nan"], ids=lambda value: ascii(value[:9]))
def test_a_list_that_an_experiment_cannot_have_is_refused_in_one_short_line(call, command, value):
    option = "--row" if command == "validate" else "--pages"
    assert_refused(call("lab", command, option, value))
