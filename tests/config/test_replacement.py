"""Replacement policies: chosen for each TLB and cache, or for all, and refused where they cannot be."""

from importlib import import_module

import pytest

from emulator.base.errors import ConfigError
from emulator.config import Config, load_profile
from emulator.config.profile import SHIPPED
from emulator.config.replacement import POLICIES


def arrays_of(profile):
    """Every TLB and cache of a profile, by key."""
    tables = {"tlb": profile.tlb, "cache": profile.cache}
    return {
        f"{group}.{name}": getattr(table, name)
        for group, table in tables.items()
        for name in table.__struct_fields__
        if not isinstance(getattr(table, name), str)
    }


@pytest.mark.parametrize("name", ["skylake", "ideal"])
def test_shipped_profiles_have_true_lru_everywhere(name):
    assert {array.policy for array in arrays_of(load_profile(name)).values()} == {"lru"}


def test_a_policy_is_chosen_for_one_array():
    arrays = arrays_of(Config.make(overrides={"cache.l1d.policy": "plru"}).profile)
    assert [key for key, array in arrays.items() if array.policy == "plru"] == ["cache.l1d"]


def test_one_setting_gives_all_arrays_a_policy_and_one_of_them_may_have_another():
    overrides = {"replacement": "plru", "tlb.l2.policy": "lru"}
    arrays = arrays_of(Config.make(overrides=overrides).profile)
    assert [key for key, array in arrays.items() if array.policy != "plru"] == ["tlb.l2"]


def test_a_profile_in_a_file_names_policies(tmp_path):
    text = (SHIPPED / "skylake.toml").read_text()
    path = tmp_path / "mine.toml"
    path.write_text(text.replace("entries = 64, ways = 4,", 'entries = 64, ways = 4, policy = "plru",', 1))
    assert load_profile(path).tlb.l1d.policy == "plru"


@pytest.mark.parametrize(
    ("overrides", "error"),
    [
        (
            {"tlb.l2.policy": "plru"},
            r"^--set: tlb\.l2\.ways: 12 ways are no binary tree, which plru takes them for \(Intel 273204.*\); "
            r"8 or 16 ways are right, or tlb\.l2\.policy = lru$",
        ),
        ({"replacement": "plru"}, r"^--set: tlb\.l2\.ways: 12 ways are no binary tree"),
        (
            {"cache.l3.policy": "plru", "cache.l3.ways": "3", "cache.l3.size": "192"},
            r"^--set: cache\.l3\.ways: 3 ways .* 2 or 4 ways are right, or cache\.l3\.policy = lru$",
        ),
        (
            {"tlb.l1d.policy": "plrv"},
            r"^--set: tlb\.l1d\.policy: 'plrv' is unknown.* 'plru'.*\(lru, plru, fifo, random, srrip are right\)$",
        ),
        ({"tlb.l1i_1g.policy": "mru"}, r"^--set: tlb\.l1i_1g\.policy: 'mru' is unknown"),
        ({"replacement": "drrip"}, r"^replacement: 'drrip' is unknown; did you mean 'srrip'"),
    ],
)
def test_a_policy_that_cannot_be_is_refused_with_what_would_be_right(overrides, error):
    with pytest.raises(ConfigError, match=error):
        Config.make(overrides=overrides)


def test_a_tlb_that_a_profile_has_not_may_have_any_number_of_ways():
    overrides = {"tlb.l1d_1g.entries": "0", "tlb.l1d_1g.ways": "3", "tlb.l1d_1g.policy": "plru"}
    assert Config.make(overrides=overrides).profile.tlb.l1d_1g.policy == "plru"


@pytest.mark.parametrize("policy", [policy.name for policy in POLICIES if policy.name != "lru"])
def test_a_policy_is_a_row_and_the_module_of_its_name(policy):
    module = import_module(f"emulator.hardware.replacement.{policy}")
    assert all(callable(getattr(module, name)) for name in ("touch", "fill", "victim"))
