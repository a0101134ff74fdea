"""Choices of a machine, their limits, and `--set`."""

import pytest

from emulator.base.errors import ConfigError
from emulator.config import Config, load_profile, parse_flush
from emulator.config.schedule import Schedule, read_schedule


def test_the_default_machine_is_one_skylake_hart_with_sv39():
    config = Config.make()
    assert (config.profile.name, config.harts, config.memory, config.paging) == ("skylake", 1, 256 << 20, "sv39")
    assert (config.fork, str(config.flush), config.ad, config.quantum) == ("cow", "ceiling:33", "svadu", 1_000_000)


def test_a_config_cannot_be_changed():
    with pytest.raises(AttributeError):
        Config.make().harts = 2


@pytest.mark.parametrize(
    ("key", "value", "read"),
    [
        ("tlb.l1d.entries", "32", lambda config: config.profile.tlb.l1d.entries),
        ("cache.l2.latency", "14", lambda config: config.profile.cache.l2.latency),
        ("dram.latency", "0x10", lambda config: config.profile.dram.latency),
        ("bulk.overlap", "1", lambda config: config.profile.bulk.overlap),
        ("price.trap_entry", "100", lambda config: config.profile.price["trap_entry"].cycles),
        ("price.trap_entry.cycles", "100", lambda config: config.profile.price["trap_entry"].cycles),
        ("quantum", "50000", lambda config: config.quantum),
        ("asid_bits", "2", lambda config: config.asid_bits),
    ],
)
def test_an_override_changes_one_value(key, value, read):
    assert read(Config.make(overrides={key: value})) == int(value, 0)


def test_an_override_of_a_size_and_of_the_clock():
    config = Config.make(overrides={"cache.l1d.size": "48 KiB", "cache.l1d.ways": "12", "clock_ghz": "2.5"})
    assert (config.profile.cache.l1d.bytes, config.profile.clock_ghz) == (48 << 10, 2.5)


def test_an_override_says_so_in_the_source():
    assert Config.make(overrides={"price.pte": "1"}).profile.price["pte"].source == "assumed: set for this run"


def test_an_override_leaves_other_machines_alone():
    Config.make(overrides={"price.pte": "1"})
    assert load_profile("skylake").price["pte"].cycles != 1


def test_2_mib_pages_get_an_l2_tlb_of_their_own():
    config = Config.make(overrides={"tlb.l2_2m.entries": "64", "tlb.l2_2m.ways": "4"})
    assert config.profile.tlb.l2_2m.entries == 64


def test_large_pages_share_the_array_of_small_ones_or_get_one_of_their_own():
    shared = Config.make(overrides={"tlb.l1d_2m": "l1d"}).profile
    assert shared.tlb.l1d_2m == "l1d"
    assert Config.make(profile=shared, overrides={"tlb.l1d_2m.entries": "4"}).profile.tlb.l1d_2m.entries == 4


def test_a_profile_object_serves_as_well_as_its_name():
    profile = load_profile("ideal")
    assert Config.make(profile=profile).profile is profile


@pytest.mark.parametrize(
    ("key", "value", "error"),
    [
        ("tlb.l1d.entrys", "32", r"'tlb\.l1d\.entrys' is unknown; did you mean 'tlb\.l1d\.entries'\?"),
        ("price.trap_entri", "3", r"did you mean 'price\.trap_entry'\?"),
        ("quantm", "3", r"did you mean 'quantum'\?"),
        ("tlb.l1d", "3", r"'tlb\.l1d' is unknown"),
        ("tlb.l1d_2m", "l2", r"tlb\.l1d_2m: 'l2' holds no such pages; 'l1d' or entries and ways are right"),
        ("tlb.l2.inclusive", "yes", r"tlb\.l2\.inclusive: 'yes' is no truth value; true or false is right"),
        ("tlb.l1d.entries.x", "3", r"is unknown"),
        ("", "3", r"'' is unknown"),
        ("price.pte", "cheap", r"price\.pte: 'cheap' is no whole number"),
        ("price.pte", "1.5", r"price\.pte: '1\.5' is no whole number"),
        ("clock_ghz", "fast", r"clock_ghz: 'fast' is no number"),
        ("tlb.l1d.entries", "6", r"6 entries are not a multiple of 4 ways"),
        ("quantum", "0", r"quantum: 0 is out of range; a whole number from 1"),
        ("seed", "x", r"seed: 'x' is no whole number"),
    ],
)
def test_a_bad_override_is_named_with_what_would_be_right(key, value, error):
    with pytest.raises(ConfigError, match=error):
        Config.make(overrides={key: value})


@pytest.mark.parametrize("memory", ["64KiB", 0, "-1", "65GiB", "1.5GiB", 5_000_000])
def test_memory_is_whole_pages_between_1_mib_and_64_gib(memory):
    with pytest.raises(ConfigError, match="memory: "):
        Config.make(memory=memory)


@pytest.mark.parametrize("memory", ["1MiB", "64GiB", 1 << 20])
def test_memory_at_its_limits_is_right(memory):
    assert Config.make(memory=memory).memory in (1 << 20, 64 << 30)


@pytest.mark.parametrize("harts", [0, -1, 257, "two", 1.5])
def test_harts_are_1_to_256(harts):
    with pytest.raises(ConfigError, match=r"harts: .*from 1 to 256 is right"):
        Config.make(harts=harts)


@pytest.mark.parametrize(
    ("choice", "value", "near"),
    [("paging", "sv4", "sv48"), ("fork", "cow_stack", "cow-stack"), ("ad", "svad", "svad.")],
)
def test_an_unknown_choice_gets_the_nearest_one(choice, value, near):
    with pytest.raises(ConfigError, match=rf"{choice}: '{value}' is unknown; did you mean '{near}'\?"):
        Config.make(**{choice: value})


@pytest.mark.parametrize(
    ("text", "strategies"),
    [
        ("ceiling:33", {"ceiling": 33}),
        ("ceiling:0", {"ceiling": 0}),
        ("asid", {"asid": 1}),
        ("full", {"full": 1}),
        ("ceiling:33+lazy+concurrent", {"ceiling": 33, "lazy": 1, "concurrent": 1}),
        ("gen+asid", {"gen": 6, "asid": 1}),
        ("gen:2+asid", {"gen": 2, "asid": 1}),
    ],
)
def test_a_flush_is_a_reach_and_what_it_is_joined_with(text, strategies):
    flush = parse_flush(text)
    assert (flush.chosen, str(flush)) == (strategies, text)


@pytest.mark.parametrize(
    "text", ["ceiling", "ceiling:", "ceiling:-1", "ceiling:x", "cieling:3", "lazy", "ceiling:1+gather:0"]
)
def test_a_flush_that_lacks_something_is_refused_with_what_would_be_right(text):
    with pytest.raises(ConfigError, match=r"flush: .*(:N|is right)"):
        Config.make(flush=text)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("full:3", "full takes no number"),
        ("asid:", "asid takes no number"),
        ("asid+full", "full stands there beside asid"),
        ("asid+lazy+lazy", "lazy stands there twice"),
        ("asid+broadcast+latr", "latr stands there beside broadcast"),
        ("asid+broadcast+lazy", "lazy contradicts broadcast"),
        ("asid+batch+gather:4", "gather stands there beside batch"),
        ("asid+concurent", "did you mean 'concurrent'"),
    ],
)
def test_a_flush_that_contradicts_itself_is_refused_with_the_reason(text, reason):
    with pytest.raises(ConfigError, match=reason):
        Config.make(flush=text)


def test_a_schedule_is_time_or_a_seed_or_a_file_of_steps(tmp_path):
    file = tmp_path / "steps"
    file.write_text("0 100  # hart 0 first\n\n1 5\n")
    assert read_schedule("time", 2) == Schedule()
    assert read_schedule("seed:7", 2) != read_schedule("seed:8", 2)
    assert read_schedule(str(file), 2).steps == ((0, 100), (1, 5))


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        ("0 1\n2 5\n", r":2: hart 2 does not exist; this machine has harts 0 to 1"),
        ("0 0\n", r":1: 0 instructions are no step"),
        ("0\n", r":1: '0' is no step; HART INSTRUCTIONS is right"),
        ("0 -3\n", r":1: '0 -3' is no step"),
        ("# nothing\n", r"holds no step"),
    ],
)
def test_a_schedule_file_with_an_impossible_step_is_refused_by_line(tmp_path, lines, reason):
    file = tmp_path / "steps"
    file.write_text(lines)
    with pytest.raises(ConfigError, match=reason):
        Config.make(harts=2, schedule=str(file))


@pytest.mark.parametrize("text", ["seed:", "seed:x", "seed:-1", "nowhere.txt"])
def test_what_is_no_schedule_is_refused(text):
    with pytest.raises(ConfigError, match=r"schedule: .* is right"):
        Config.make(schedule=text)


def test_each_hart_needs_an_asid_to_keep():
    with pytest.raises(ConfigError, match=r"asid_bits: 2 bits are too few for 4 harts"):
        Config.make(harts=4, overrides={"asid_bits": "2"})


def test_settings_name_every_choice_and_override():
    settings = Config.make(fork="eager", memory="64MiB", overrides={"quantum": "500", "price.pte": "1"}).settings()
    assert settings["fork"] == "eager"
    assert settings["memory"] == "64MiB"
    assert settings["quantum"] == "500"
    assert settings["price.pte"] == "1"
    assert settings["profile"] == "skylake"
