"""How far the TLBs of a machine reach: its knees are where its profile says, exactly."""

import csv
import io

import pytest

from emulator.config import load_profile
from emulator.lab.reach.case import Case, Sweep
from emulator.lab.reach.measure import measure
from tests.commands import assert_refused

MACHINES = ["skylake", "golden_cove", "zen2", "zen3", "zen4", "m1_firestorm", "neoverse_n1", "u74", "champsim_default"]


def measured(profile, pages, stride=1, **machine):
    return measure(load_profile(profile), Case(profile, pages, stride), **machine)


@pytest.mark.parametrize("profile", MACHINES)
def test_the_first_tlb_holds_the_pages_that_its_profile_says_and_not_one_more(profile):
    entries = load_profile(profile).tlb.l1d.entries
    assert measured(profile, entries).first_misses == 0
    assert measured(profile, entries + 1).first_misses > 0


@pytest.mark.parametrize("profile", MACHINES)
def test_the_second_tlb_holds_the_pages_that_its_profile_says_and_not_one_more(profile):
    entries = load_profile(profile).tlb.l2.entries
    assert measured(profile, entries).walks == 0
    assert measured(profile, entries + 1).walks > 0


@pytest.mark.parametrize("profile", MACHINES)
def test_a_load_whose_page_the_first_tlb_holds_takes_what_the_first_cache_takes(profile):
    assert measured(profile, 32).cycles == load_profile(profile).cache.l1d.latency


@pytest.mark.parametrize(
    ("profile", "pages", "cycles"),
    [
        ("golden_cove", 96, 5),  # V19
        ("golden_cove", 160, 12),  # V19
        ("m1_firestorm", 160, 3),  # V19
        ("m1_firestorm", 1024, 9),  # V19
        ("zen3", 64, 4),  # native measurement, page chase
        ("zen3", 512, 11),  # native measurement, page chase
    ],
)
def test_a_plateau_is_within_a_cycle_of_what_was_published(profile, pages, cycles):
    assert abs(measured(profile, pages).cycles - cycles) <= 1


@pytest.mark.parametrize(("paging", "levels"), [("sv39", 3), ("sv48", 4), ("sv57", 5)])
def test_without_walk_caches_a_walk_reads_an_entry_a_level(paging, levels):
    row = measured("ideal", 2048, paging=paging)
    assert (row.references, row.saved) == (levels, 0)


def test_walks_read_one_entry_for_as_many_last_tables_as_the_walk_cache_has_places():
    """Pages 512 apart have a last table each."""
    places = load_profile("skylake").walk_cache.pde.entries
    assert measured("skylake", places, stride=512).references == 1
    assert measured("skylake", places + 1, stride=512).references > 1


def test_in_one_set_a_page_more_than_ways_is_missed_every_time():
    """With LRU, a round through one page more than a set has ways finds none of them (Skylake: 16 sets of 4)."""
    assert measured("skylake", 4, stride=16).first_misses == 0
    assert measured("skylake", 5, stride=16).first_misses == 1


def test_without_pages_both_sides_of_each_knee_are_measured():
    pages = [case.pages for _, case in Sweep.read("u74").cases()]
    assert {40, 41, 512, 513} <= set(pages)


def test_the_rows_are_written_as_csv(call):
    status, out, _ = call("lab", "reach", "--pages", "8,16", "--csv", "-")
    rows = list(csv.DictReader(io.StringIO(out)))
    assert status == 0
    assert [(row["profile"], row["pages"], row["stride"], row["cycles"]) for row in rows] == [
        ("skylake", "8", "1", "4.0"),
        ("skylake", "16", "1", "4.0"),
    ]


def test_the_most_pages_that_stay_in_a_tlb_are_told(call):
    out = call("lab", "reach", "--pages", "64,65,96")[1]
    assert out.splitlines()[-1].split() == ["skylake", "1", "64", "96"]


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (["--stride", "0"], "stride: 0 is out of range; 1 to 262144 pages is right"),
        (["--pages", "0"], "pages: 0 is out of range"),
        (["--pages", "65536", "--stride", "262144"], "256 at most is right"),
        (["--profile", "skylak"], "did you mean 'skylake'"),
    ],
)
def test_what_cannot_be_measured_is_refused(call, words, error):
    assert_refused(call("lab", "reach", *words), error)
