"""Profiles: the shipped ones, and what makes a file no profile."""

import pytest

from emulator.base.errors import ConfigError
from emulator.base.names import PRICES
from emulator.config import Config, load_profile, profile_names
from emulator.config.profile import SHIPPED, base_of, stated


def edited(tmp_path, old, new):
    """Write skylake with `old` replaced and return the file's name."""
    text = (SHIPPED / "skylake.toml").read_text()
    assert old in text
    path = tmp_path / "mine.toml"
    path.write_text(text.replace(old, new, 1))
    return str(path)


def tables_of(profile):
    """Every table of a profile that has a source, by key."""
    tables = {"dram": profile.dram, "bulk": profile.bulk, "overlap": profile.overlap}
    tables |= {f"price.{name}": row for name, row in profile.price.items()}
    for group in ("tlb", "cache"):
        arrays = getattr(profile, group)
        tables |= {f"{group}.{name}": getattr(arrays, name) for name in arrays.__struct_fields__}
    tables |= {f"setting.{name}": row for name, row in profile.setting.items()}
    return {key: table for key, table in tables.items() if not isinstance(table, str)}


@pytest.mark.parametrize("name", profile_names())
def test_every_figure_of_a_shipped_profile_says_where_it_comes_from(name):
    for key, table in tables_of(load_profile(name)).items():
        assert len(table.source.split()) >= 3, key


@pytest.mark.parametrize("name", profile_names())
def test_a_shipped_profile_is_called_like_its_file(name):
    assert load_profile(name).name == name


@pytest.mark.parametrize("name", profile_names())
def test_a_shipped_profile_prices_all_work_and_no_other(name):
    assert set(load_profile(name).price) == {row.name for row in PRICES}


def test_ideal_charges_for_nothing_but_instructions():
    profile = load_profile("ideal")
    assert {name for name, row in profile.price.items() if row.cycles} == {"base"}
    assert profile.price["base"].cycles == 1
    assert profile.dram.latency == 0
    assert [getattr(profile.cache, name).latency for name in profile.cache.__struct_fields__] == [0, 0, 0, 0]


def test_ideal_has_the_geometry_of_skylake():
    ideal, skylake = load_profile("ideal"), load_profile("skylake")
    for name in skylake.tlb.__struct_fields__:
        one, other = getattr(ideal.tlb, name), getattr(skylake.tlb, name)
        assert getattr(one, "entries", one) == getattr(other, "entries", other)
        assert getattr(one, "ways", one) == getattr(other, "ways", other)
    for name in skylake.cache.__struct_fields__:
        one, other = getattr(ideal.cache, name), getattr(skylake.cache, name)
        assert (one.size, one.ways) == (other.size, other.ways)


def test_skylake_flushes_page_by_page_cheaper_up_to_four_pages():
    """Hansen 2014: the full flush costs more than a ranged one of 4 pages less their trap, and less than one of 5."""
    price = load_profile("skylake").price
    assert 4 * price["flush_page"].cycles < price["flush_asid"].cycles < 5 * price["flush_page"].cycles


def test_skylake_shares_l2_between_small_and_2_mib_pages():
    assert load_profile("skylake").tlb.l2_2m == "l2"


def test_a_profile_says_which_array_holds_large_pages_too(tmp_path):
    tlb = load_profile(based(tmp_path, '[tlb]\nl1d_2m = "l1d"\nl1d_1g = "l1d"\nl2_1g = "l2"\n')).tlb
    assert (tlb.l1d_2m, tlb.l1d_1g, tlb.l2_1g) == ("l1d", "l1d", "l2")
    assert tlb.l1d == load_profile("skylake").tlb.l1d


def test_a_cache_size_is_available_in_bytes_and_lines():
    l1d = load_profile("skylake").cache.l1d
    assert (l1d.bytes, l1d.lines) == (32768, 512)


def test_a_profile_is_read_from_a_file(tmp_path):
    assert load_profile(edited(tmp_path, "clock_ghz = 3.4", "clock_ghz = 2")).clock_ghz == 2.0


def test_the_number_of_sets_need_not_be_a_power_of_two(tmp_path):
    name = edited(tmp_path, "entries = 64, ways = 4", "entries = 96, ways = 6")
    assert load_profile(name).tlb.l1d.entries == 96


def test_an_unknown_name_gets_the_nearest_one():
    with pytest.raises(ConfigError, match=r"'skylke' is unknown; did you mean 'skylake'\?"):
        load_profile("skylke")


@pytest.mark.parametrize(
    ("old", "new", "error"),
    [
        ("entries = 64, ways = 4", "entries = 64, ways = 5", r"tlb\.l1d: 64 entries are not a multiple of 5 ways"),
        ("entries = 64, ways = 4", "entries = 64, ways = 0", r"tlb\.l1d\.ways: 0 ways; 1 or more is right"),
        ("entries = 64, ways = 4", "entries = 1024, ways = 4", r"tlb\.l1d\.entries: 1024 .* to 512 is right"),
        ("entries = 64, ways = 4", "entries = -4, ways = 4", r"tlb\.l1d\.entries: -4 entries; 0 "),
        ("entries = 64,", "entries = 'x',", r"tlb\.l1d\.entries: expected 'int', got 'str'"),
        ("entries = 64,", "entrys = 64,", r"tlb\.l1d\.entrys: unknown key; did you mean 'entries'\?"),
        ("l1d_2m =", "l1d_4m =", r"tlb\.l1d_4m: unknown key; did you mean"),
        ("l1d_2m =", 'l1d_2m = "l2" #', r"tlb\.l1d_2m: 'l2' holds no such pages; 'l1d' or entries and ways are right"),
        ("l1d_2m =", "l1d_2m = 5 #", r"tlb\.l1d_2m: expected 'str \| object', got 'int'"),
        ("l1d =", 'l1d = "l1i" #', r"tlb\.l1d: expected 'object', got 'str'"),
        ("ways = 12, source", "ways = 12, inclusive = 1, source", r"tlb\.l2\.inclusive: expected 'bool', got 'int'"),
        (
            "ways = 12, source",
            "ways = 12, inclusiv = true, source",
            r"tlb\.l2\.inclusiv: unknown key; did you",
        ),
        ('size = "32KiB"', 'size = "32KB"', r"cache\.l1i\.size: '32KB' has the unknown unit 'KB'"),
        ('size = "8MiB"', 'size = "80MiB"', r"cache\.l3\.size: 80MiB is more than the 1048576 lines"),
        ('size = "8MiB"', 'size = "1000"', r"cache\.l3: 1000 is not a multiple of 16 ways of 64-byte lines"),
        ("latency = 272", "latency = -1", r"dram\.latency: -1 cycles; 0 to"),
        ("overlap = 10", "overlap = 0", r"bulk\.overlap: 0 misses"),
        ("base = { cycles = 1,", "base = { cycles = 0,", r"price\.base\.cycles: 0 cycles; 1 to"),
        ("trap_entry =", "trap_entri =", r"price\.trap_entri: is no price; did you mean 'trap_entry'\?"),
        ("pte_drop = ", "# pte_drop = ", r"price\.pte_drop: is missing"),
        ("clock_ghz = 3.4", "clock_ghz = nan", r"clock_ghz: nan is no clock"),
        ("clock_ghz = 3.4", "clock_ghz = ", r"is no TOML"),
        ("clock_ghz = 3.4", "", r"clock_ghz: is missing"),
        ("assumed: one locked read-modify-write of a line in L1d", "assumed", r"price\.ad_update\.source: .* reason"),
        ("assumed: one locked read-modify-write of a line in L1d", " ", r"price\.ad_update\.source: is empty"),
    ],
)
def test_what_makes_a_file_no_profile_is_named_by_file_and_key(tmp_path, old, new, error):
    with pytest.raises(ConfigError, match=rf"mine\.toml: {error}"):
        load_profile(edited(tmp_path, old, new))


def based(tmp_path, text):
    """Write a profile that begins with skylake's and says `text`; return the file's name."""
    path = tmp_path / "mine.toml"
    path.write_text(f'name = "mine"\nsummary = "as skylake, but"\nbased_on = "skylake"\n{text}')
    return str(path)


def test_a_profile_says_only_what_differs_from_the_one_that_it_is_based_on(tmp_path):
    mine = load_profile(based(tmp_path, '[price]\npte = { cycles = 77, source = "a book of prices" }\n'))
    skylake = load_profile("skylake")
    assert mine.price["pte"].cycles == 77
    assert {**mine.price, "pte": skylake.price["pte"]} == skylake.price
    assert (mine.name, mine.tlb, mine.cache, mine.clock_ghz) == ("mine", skylake.tlb, skylake.cache, skylake.clock_ghz)


def test_a_base_may_have_a_base_of_its_own():
    pti, haswell, skylake = map(load_profile, ("haswell_pti", "haswell", "skylake"))
    assert pti.price == haswell.price
    assert haswell.price["flush_page"] != skylake.price["flush_page"]
    assert haswell.price["fault"] == skylake.price["fault"]


@pytest.mark.parametrize("name", profile_names())
def test_a_shipped_profile_states_what_it_changes_and_no_more(name):
    base = base_of(name)
    if not base:
        return
    own, other = tables_of(load_profile(name)), tables_of(load_profile(base))
    assert {key for key in own if own[key] != other.get(key)} == {key for key in stated(name) if key in own}


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ('based_on = "skylak"', r"based_on: 'skylak' is no shipped profile; did you mean 'skylake'\?"),
        ("based_on = 5", r"based_on: '5' is no shipped profile"),
        ('based_on = "skylake"\n[price]\npte = 5', r"price\.<name>: expected"),
        ('based_on = "skylake"\nprice = 5', r"price: expected"),
        ('based_on = "skylake"\n[price]\npet = { cycles = 1, source = "a b c" }', r"price\.pet: is no price; did you"),
        (
            'based_on = "skylake"\n[setting]\nptj = { value = 1, source = "a b c" }',
            r"setting\.ptj: is no setting of a profile; did you mean 'pti'\?",
        ),
        ('based_on = "skylake"\n[setting]\npti = { value = 1, source = "" }', r"setting\.pti\.source: is empty"),
    ],
)
def test_what_a_profile_cannot_be_based_on_or_state_is_one_line(tmp_path, text, error):
    path = tmp_path / "mine.toml"
    path.write_text(f'name = "mine"\nsummary = "none"\n{text}\n')
    with pytest.raises(ConfigError, match=rf"mine\.toml: {error}"):
        load_profile(path)


@pytest.mark.parametrize(("key", "missing"), [('name = "mine"', "name"), ('summary = "none"', "summary")])
def test_a_name_and_a_summary_are_taken_from_no_other_profile(tmp_path, key, missing):
    path = tmp_path / "mine.toml"
    path.write_text('name = "mine"\nsummary = "none"\nbased_on = "skylake"\n'.replace(key, ""))
    with pytest.raises(ConfigError, match=f"{missing}: is missing"):
        load_profile(path)


def test_a_machine_has_its_profile_s_settings_unless_it_is_told_otherwise():
    assert Config.make("haswell_pti").pti == 1
    assert Config.make("haswell_pti", overrides={"pti": "0"}).pti == 0
    assert Config.make("haswell").pti == 0


def test_a_setting_that_a_profile_states_is_checked_as_any_other(tmp_path):
    with pytest.raises(ConfigError, match="pti: 2 is out of range"):
        Config.make(based(tmp_path, '[setting]\npti = { value = 2, source = "a b c" }\n'))


def test_a_missing_file_is_named():
    with pytest.raises(ConfigError, match=r"nowhere\.toml: cannot read the profile: No such file"):
        load_profile("nowhere.toml")


def test_a_file_that_is_no_text_is_named(tmp_path):
    path = tmp_path / "bytes.toml"
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigError, match="is no UTF-8 text"):
        load_profile(path)


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("a = " + "[" * 5000, "nested too deeply"),
        ("a = " + "{a=" * 3000, "nested too deeply"),
        ("a = " + "9" * 5000, "holds a number of too many digits"),
        ("\0", "is no TOML"),
    ],
)
def test_a_file_that_no_reader_of_toml_can_bear_is_refused_in_one_line(tmp_path, text, error):
    path = tmp_path / "mine.toml"
    path.write_text(text)
    with pytest.raises(ConfigError, match=f"^{path}: .*{error}"):
        load_profile(path)


@pytest.mark.parametrize("figure", ["0x" + "f" * 9000, "1" + "0" * 4000, "-" + "9" * 30])
def test_a_figure_of_any_length_is_refused_in_one_short_line(tmp_path, figure):
    path = tmp_path / "mine.toml"
    path.write_text((SHIPPED / "skylake.toml").read_text().replace("entries = 64", f"entries = {figure}", 1))
    with pytest.raises(ConfigError, match=r"tlb\.l1d\.entries: expected") as raised:
        load_profile(path)
    assert len(raised.value.message) < 300


def test_a_profile_may_begin_with_a_byte_order_mark(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text("\ufeff" + (SHIPPED / "skylake.toml").read_text())
    assert load_profile(path).name == "skylake"


@pytest.mark.parametrize(
    "name", [5, None, b"skylake", "a\0b.toml", "\udcff.toml", "x" * 5000 + ".toml", "/dev/zero.toml"]
)
def test_a_name_that_no_profile_can_have_is_refused(name):
    with pytest.raises(ConfigError):
        load_profile(name)


def test_a_file_that_never_ends_is_no_profile(tmp_path):
    (tmp_path / "mine.toml").symlink_to("/dev/zero")
    with pytest.raises(ConfigError, match="File too large"):
        load_profile(tmp_path / "mine.toml")
