"""The validation: its table is honest, and its figures are what the runs say."""

import csv
import json
from dataclasses import replace

import pytest

from emulator.cli import invoke
from emulator.config import STRATEGIES, load_profile
from emulator.lab.invalidation.case import Sweep
from emulator.lab.invalidation.measure import measure
from emulator.lab.validation.claims import claims_of, summary
from emulator.lab.validation.constant import Constant, constant_of
from emulator.lab.validation.figure import Figure, profile_of
from emulator.lab.validation.kind import CALIBRATION, IDENTITY, PREDICTION, SAME, kind_of
from emulator.lab.validation.perturb import raised
from emulator.lab.validation.publications import PUBLICATIONS
from emulator.lab.validation.published import FIGURES, ROWS, shootdowns
from emulator.lab.validation.verdict import (
    IMPOSSIBLE,
    OUTSIDE,
    UNPUBLISHED,
    WITHIN,
    Verdict,
    judge,
    tasks_of,
    verdict_of,
)

SKYLAKE = load_profile("skylake")
BY_NAME = {figure.name: figure for figure in FIGURES}
MODELLED = [figure for figure in FIGURES if figure.emulated is not None]
OTHERS = [figure for figure in FIGURES if figure.emulated is None]
PREDICTIONS, CLAIMS = 12, 10  # that have to be within, with no constant of their own publication
by_name = {"ids": lambda figure: figure.name}


@pytest.fixture(scope="module")
def verdicts():
    rows = {task.key: measure(task) for task in tasks_of(FIGURES)}
    return {verdict.figure.name: verdict for verdict in judge(FIGURES, rows)}


def test_every_row_that_the_lab_was_to_emulate_is_there():
    left_out = (2, 17, 20)  # a histogram, memory, and a share of whole programs
    assert (*(f"V{row}" for row in range(1, 32) if row not in left_out), "Q", "K", "N", "S") == ROWS


def test_names_are_unique():
    assert len(BY_NAME) == len(FIGURES)


@pytest.mark.parametrize("figure", MODELLED, **by_name)
def test_a_figure_says_what_it_depends_on_and_what_is_within(figure):
    assert figure.runs or figure.name == "V22 two dimensions"
    for constant in figure.constants():
        assert constant.source


@pytest.mark.parametrize("figure", MODELLED, **by_name)
def test_no_figure_s_limits_are_so_wide_that_it_could_not_fail(figure):
    """Both ends are there, on either side of what is published, and nothing is within that is none or twice of it."""
    least, most = figure.limits
    assert least <= figure.published <= most
    assert (least if figure.published > 0 else -most) > 0
    assert most < 2 * abs(figure.published)


@pytest.mark.parametrize("figure", OTHERS, **by_name)
def test_a_figure_that_cannot_be_modelled_or_that_nobody_has_published_says_why(figure):
    assert figure.note
    assert not figure.runs


def test_every_strategy_has_a_figure_or_the_table_says_that_none_is_published():
    compared = {
        word.split(":")[0] for figure in FIGURES for run in figure.runs.values() for word in run.strategy.split("+")
    }
    said = {figure.name.removeprefix("S ") for figure in FIGURES if figure.row == "S"}
    assert {strategy.name for strategy in STRATEGIES} <= compared | said


def test_a_calibrated_constant_names_a_figure_that_depends_on_it():
    for figure in MODELLED:
        for constant in figure.constants():
            if constant.calibrated_on:
                assert constant in BY_NAME[constant.calibrated_on].constants()


@pytest.mark.parametrize("name", sorted({name for figure in MODELLED for name in figure.profiles}))
def test_every_calibration_that_a_profile_claims_is_on_a_figure(name):
    for price in profile_of(name).price:
        constant = constant_of(profile_of(name), f"price.{price}")
        assert constant.calibrated_on in ("", *BY_NAME)


def test_a_row_s_kind_follows_from_where_its_constants_come_from(verdicts):
    for verdict in verdicts.values():
        own = [constant for constant in verdict.constants if constant.calibrated_on == verdict.figure.name]
        same = [constant for constant in verdict.constants if verdict.figure.published_by in constant.source]
        assert (verdict.kind == CALIBRATION) == bool(own)
        if verdict.kind == PREDICTION:
            assert not same, verdict.figure.name
        if verdict.kind == SAME:
            assert verdict.figure.depends, verdict.figure.name


def test_enough_predictions_depend_on_nothing_of_their_own_publication_and_are_within(verdicts):
    found = [verdict for verdict in verdicts.values() if (verdict.kind, verdict.verdict) == (PREDICTION, WITHIN)]
    assert len(found) >= PREDICTIONS
    assert len({(verdict.figure.row, verdict.figure.of_claim) for verdict in found}) >= CLAIMS


@pytest.mark.parametrize(
    ("source", "closed", "kind"),
    [
        ("Torvalds 2014: so many cycles", None, PREDICTION),
        ("Torvalds 2014: so many cycles", 50, PREDICTION),
        ("Torvalds 2014: so many cycles", 100, IDENTITY),
        ("assumed: as Amit 2019 (LKML, concurrent TLB flushes) has it", None, SAME),
        ("calibrated on V4 2 threads: so that it comes out", None, SAME),
        ("calibrated on V4 4 threads: so that it comes out", 100, CALIBRATION),
        ("calibrated on V5 0 pages: so that it comes out", None, PREDICTION),
    ],
)
def test_a_kind_is_read_off_the_sources_of_constants(source, closed, kind):
    assert kind_of("V4 4 threads", PUBLICATIONS["V4"], 101, closed, [Constant("price.pte", "1", source)]) == kind


@pytest.mark.parametrize(("emulated", "verdict"), [(1, OUTSIDE), (2, WITHIN), (3, WITHIN), (4, WITHIN), (4.1, OUTSIDE)])
def test_the_ends_of_the_tolerance_are_within(emulated, verdict):
    assert verdict_of(Figure("V1 x", "", "", published=3, unit="", limits=(2, 4)), emulated) == verdict


def test_a_calibration_that_misses_is_outside(verdicts):
    figure = BY_NAME["V5 0 pages, absolute"]
    missed = replace(figure, published=2 * figure.published, limits=tuple(2 * end for end in figure.limits))
    rows = {task.key: measure(task) for task in tasks_of([figure])}
    [hit], [miss] = judge([figure], rows), judge([missed], rows)
    assert (hit.kind, hit.verdict) == (CALIBRATION, WITHIN)
    assert (miss.kind, miss.verdict) == (CALIBRATION, OUTSIDE)


def test_figures_of_one_claim_are_one_claim():
    near = Verdict(Figure("V19 x", "a load", "", 1, "", claim="a knee"), 1, WITHIN, PREDICTION, ())
    far = replace(near, figure=replace(near.figure, name="V19 y"), emulated=2, verdict=OUTSIDE)
    other = replace(near, figure=replace(near.figure, name="N z"))
    identity = replace(near, figure=replace(near.figure, name="V19 i"), kind=IDENTITY)
    assert claims_of([near, far, other, identity]) == {
        ("V19", "jia.je", "a knee"): [WITHIN, OUTSIDE],
        ("N", "native measurement", "a knee"): [WITHIN],
    }
    assert summary([near, far, other, identity]) == (
        "predictions within: 2 figures of 2 claims, 1 of them without a figure outside"
    )


def test_a_strategy_without_a_figure_says_what_its_prices_are_and_that_they_are_assumed():
    priced = [figure for figure in OTHERS if figure.prices]
    assert {figure.name for figure in priced} == {"S rar", "S svinval", "S tlbi-range"}
    for figure in priced:
        assert "assumed" in figure.note
        assert {constant.kind for constant in figure.constants()} == {"assumed"}


def test_a_constant_is_sourced_assumed_or_calibrated():
    assert constant_of(SKYLAKE, "price.trap_entry").kind == "sourced"
    assert constant_of(SKYLAKE, "price.fault").kind == "assumed"
    assert constant_of(SKYLAKE, "price.pte_fork").kind == "calibrated"


def test_what_a_user_measures_on_a_shipped_profile_is_what_the_validation_shows():
    for name in ("V1 slope", "V5 walk", "V4 concurrent, 2 threads", "V12 34 pages", "V16 Xen"):
        figure = BY_NAME[name]
        for task in figure.tasks().values():
            case = task.case
            [own] = Sweep.read(case.workload, case.strategy, str(case.pages), str(case.harts), case.profile).tasks()
            assert own == task


@pytest.mark.parametrize("profile", sorted({name for figure in MODELLED for name in figure.profiles}))
def test_a_figure_s_machine_is_a_shipped_profile_as_it_stands(profile):
    assert profile_of(profile) == load_profile(profile)


def test_the_direct_crossover_lies_at_4_to_5_pages_and_rises_with_reuse(verdicts):  # V1, V3
    direct = verdicts["V1 crossover"].emulated
    assert 4 <= direct <= 5
    assert direct < verdicts["V3 own walks"].emulated < verdicts["V3 given prices"].emulated


def test_33_is_a_policy_a_higher_ceiling_takes_its_step_away(verdicts):  # V12
    step = verdicts["V12 34 pages"].emulated - verdicts["V12 34, higher ceiling"].emulated
    profile = profile_of("power_radix")
    price = profile.price
    cycles = price["flush_asid"].cycles - 34 * price["flush_page"].cycles
    assert step == pytest.approx(cycles / profile.clock_ghz / 1000, rel=0.05)  # and a miss or two at once


@pytest.mark.parametrize("harts", [2, 4])
def test_a_concurrent_flush_saves_what_was_published_within_5_points(verdicts, harts):  # V4
    verdict = verdicts[f"V4 concurrent, {harts} threads"]
    assert abs(verdict.emulated - verdict.figure.published) <= 5


@pytest.mark.parametrize("figure", [figure for figure in MODELLED if figure.row == "K"], **by_name)
def test_a_row_of_a_maker_s_document_is_exact_and_no_prediction(verdicts, figure):
    """It shows that a hart does what its profile says, and its profile what the document does."""
    verdict = verdicts[figure.name]
    assert figure.limits == (figure.published, figure.published)
    assert (verdict.verdict, verdict.kind) in {(WITHIN, SAME), (WITHIN, IDENTITY)}


@pytest.mark.parametrize("name", ["K Skylake first TLB", "K U74 second TLB", "K ChampSim walk cache"])
def test_a_row_of_what_a_profile_holds_moves_with_it(name):
    """So it could not but notice a TLB that holds more than its profile says, or a profile more than its document."""
    figure = BY_NAME[name]
    [key] = [key for key in figure.depends if key.startswith(("tlb.", "walk_cache."))]
    profile = raised(figure.machine_profile, key, 2)
    rows = {run: measure(replace(task, profile=profile)) for run, task in figure.tasks().items()}
    assert figure.value(rows) == 2 * figure.published


def test_outside_its_tolerance_a_figure_names_what_is_missing(verdicts):
    for verdict in verdicts.values():
        if verdict.verdict == OUTSIDE:
            assert verdict.figure.note, verdict.figure.name


def test_what_is_not_emulated_has_no_number_and_no_kind(verdicts):
    for verdict in verdicts.values():
        assert (verdict.emulated is None) == (verdict.verdict in (IMPOSSIBLE, UNPUBLISHED)) == (not verdict.kind)


def test_time_is_of_the_profile_s_own_clock():
    [figure] = [figure for figure in shootdowns.FIGURES if figure.name == "V9 16 cores"]
    assert figure.in_unit(2400) == pytest.approx(1.0)  # 2.4 GHz, us
    assert replace(figure, unit="x").in_unit(2400) == 2400


def test_the_command_prints_and_writes_the_same_verdicts(capfd, tmp_path):
    path, account, latex = (tmp_path / f"rows.{suffix}" for suffix in ("csv", "json", "tex"))
    assert (
        invoke(["lab", "validate", "--row", "V1,V9", "--csv", str(path), "--json", str(account), "--latex", str(latex)])
        == 0
    )
    out = capfd.readouterr().out
    with open(path, newline="") as file:
        rows = list(csv.DictReader(file))
    figures = json.loads(account.read_text())["figures"]
    assert [row["figure"] for row in rows] == [figure["figure"] for figure in figures]
    assert [row["figure"] for row in rows] == [figure.name for figure in FIGURES if figure.row in ("V1", "V9")]
    assert [row["verdict"] for row in rows] == [figure["verdict"] for figure in figures]
    assert latex.read_text().count(r" \\") == 1 + len(rows) - 1  # the titles, and all but the web server
    assert [row["kind"] for row in rows] == [figure["kind"] or "" for figure in figures]
    for row in rows:
        assert f"\n{row['figure']}" in out


def test_error_bars_hold_the_figure_and_move_with_prices(capfd, tmp_path):
    account = tmp_path / "rows.json"
    assert invoke(["lab", "validate", "--row", "V1", "--seeds", "2", "--json", str(account)]) == 0
    assert " range" in capfd.readouterr().out.splitlines()[0]
    for figure in json.loads(account.read_text())["figures"]:
        low, high = figure["range"]
        assert low <= figure["emulated"] <= high
        if figure["figure"] == "V1 slope":  # a price by itself, which one of a pair raises and the other lowers
            assert (low, high) == pytest.approx((0.75 * 216, 1.25 * 216), abs=1)


def test_an_unknown_row_is_one_line(capfd):
    assert invoke(["lab", "validate", "--row", "V2"]) == 2
    assert capfd.readouterr().err.startswith("pagewalk: error: row: 'V2' is unknown; did you mean 'V")
