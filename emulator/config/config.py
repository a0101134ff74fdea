"""A machine to be built: a profile, and the choices that are the user's (`SETTINGS`)."""

import numbers
from collections.abc import Mapping
from typing import Any

import msgspec

from emulator.base.errors import ConfigError, nearest, shown
from emulator.config import isolation
from emulator.config.kinds import NONE
from emulator.config.numbers import read_whole
from emulator.config.profile import load_profile
from emulator.config.schedule import read_schedule
from emulator.config.schema import MAX_CYCLES, SHARED, Profile, read_profile
from emulator.config.settings import AS_PROFILE, BY_NAME, SETTINGS, Choices, Setting, taking_settings
from emulator.config.sizes import size_text
from emulator.paging.modes import MODES

TRUTHS = {"true": True, "false": False}
NEW_TLB = {"entries": 0, "ways": 1, "source": "", "policy": "lru"}


class Config(Choices, frozen=True, forbid_unknown_fields=True):
    """One machine, checked; build it with `Config.make`.

    `overrides` are the `--set` values that made it, by key.
    """

    profile: Profile
    overrides: dict[str, str]

    @classmethod
    @taking_settings
    def make(
        cls,
        profile: str | Profile = "skylake",
        *,
        overrides: Mapping[str, str | int | float] | None = None,
        **choices: Any,
    ) -> "Config":
        """Return the machine described; `overrides` change one value each, of the profile (`tlb.l1d.entries`) or here.

        `choices` are settings by name (`ARGUMENTS`). Whole numbers may be NumPy's; the values of `overrides` are texts
        or numbers. Raises `ConfigError` naming the key, the value and what would be right.
        """
        texts = _texts(overrides)
        machine = profile if isinstance(profile, Profile) else load_profile(profile)
        usual = {name: str(row.value) for name, row in machine.setting.items()}
        values = {setting.name: _value(setting, texts, choices, usual) for setting in SETTINGS}
        values["flush"].check(values)
        read_schedule(values["schedule"], values["harts"])
        values["numa"].check(values["harts"])
        _check_ad(values["paging"], values["ad"])
        _check_extensions(values["paging"], values["extensions"])
        _check_asids(values["asid_bits"], values["harts"])
        _check_negative(values["paging"], values["negative"])
        _check_swap(values)
        of_profile = {key: text for key, text in texts.items() if key not in BY_NAME}
        if values["replacement"] != AS_PROFILE:
            of_profile = _policies(machine, values["replacement"]) | of_profile
        if of_profile:
            machine = _changed(machine, of_profile)
        return cls(profile=machine, overrides=texts, **values)

    @classmethod
    def read(cls, options: Mapping[str, str], overrides: Mapping[str, str]) -> "Config":
        """Return the machine that `options` describe, `MACHINE_OPTIONS` by name as text; raises as `make`."""
        chosen = {name: text for name, text in options.items() if name in BY_NAME}
        return cls.make(options.get("profile", "skylake"), overrides={**chosen, **overrides})

    def prices(self) -> dict[str, int]:
        """Return what each kind of work costs on this machine, in cycles, by the name of its row in `PRICES`."""
        prices = {name: row.cycles for name, row in self.profile.price.items()}
        return isolation.raised(prices) if self.pti else prices

    def extended(self) -> int:
        """Return the bits of a PTE that the machine's extensions give a meaning."""
        known = MODES[self.paging].architecture.extensions
        return sum(known[name] for name in self.extensions.split("+") if name != NONE)

    def settings(self) -> dict[str, str]:
        """Return every choice as text, overrides under their own keys: what `#? [fork=eager]` modes compare with."""
        chosen = {name: str(getattr(self, name)) for name in BY_NAME if name not in ("memory", "swap")}
        return {
            **{key: value for key, value in self.overrides.items() if key not in chosen},
            **chosen,
            "profile": self.profile.name,
            "memory": size_text(self.memory),
            "swap": size_text(self.swap) if self.swap else NONE,
        }


def _check_ad(paging: str, ad: str) -> None:
    """Raise where hardware of this paging mode has no such way of setting A and D."""
    ads = MODES[paging].architecture.ads
    if ad not in ads:
        raise ConfigError(f"ad: '{ad}' is none of {paging}, whose hardware sets A and D; {' or '.join(ads)} is right")


def _check_extensions(paging: str, extensions: str) -> None:
    """Raise for an extension that page tables of this mode cannot have."""
    known = MODES[paging].architecture.extensions
    for name in extensions.split("+"):
        if name != NONE and name not in known:
            right = f"none or {' or '.join(known)} is right" if known else f"{NONE} is right"
            raise ConfigError(f"extensions: '{name}' is none of {paging}'s; {right}")


def _check_asids(bits: int, harts: int) -> None:
    """Raise for fewer ASIDs than harts need: each may hold on to one while ASIDs are handed out anew."""
    if bits and (1 << bits) - 1 <= harts > 1:
        raise ConfigError(f"asid_bits: {bits} bits are too few for {harts} harts; 0 (no ASIDs) or more bits are right")


def _check_negative(paging: str, negative: int) -> None:
    """Raise where no TLB of this paging mode may keep a PTE that is not valid (F23)."""
    if negative and not MODES[paging].format.keeps_absent():
        raise ConfigError(f"negative: {paging} lets no TLB keep a PTE that is not valid (F23); 0 is right")


def _check_swap(values: Mapping[str, Any]) -> None:
    """Raise where A bits are asked for two things at once, or pages are to be taken of tables that several share."""
    if values["swap"] and "abis" in values["flush"].chosen:
        raise ConfigError(
            "swap: CLOCK clears the A bits that `abis` reads; swap=none, or a flush without abis, is right"
        )
    for name in ("swap", "ksm"):
        if values[name] and values["fork"] == "shared-tables":
            raise ConfigError(f"{name}: takes no page of a page table that several share; another fork is right")


def _texts(overrides: Mapping[str, Any] | None) -> dict[str, str]:
    """Return overrides as texts. Raises ConfigError for what is neither a text nor a number."""
    if overrides is not None and not isinstance(overrides, Mapping):
        raise ConfigError(f"overrides: '{shown(overrides)}' is no mapping; {{'tlb.l1d.entries': '32'}} is right")
    for key, value in (overrides or {}).items():
        number = isinstance(value, numbers.Real) and not isinstance(value, bool)
        if not isinstance(key, str) or not (number or isinstance(value, str)):
            raise ConfigError(f"overrides: {shown(key)}: '{shown(value)}' is neither a text nor a number")
    return {key: value if isinstance(value, str) else shown(value) for key, value in (overrides or {}).items()}


def _value(setting: Setting, texts: Mapping[str, str], choices: Mapping[str, Any], usual: Mapping[str, str]) -> Any:
    """Return what a machine has of one setting: what `--set` says, else what was chosen, the profile's, the default."""
    if setting.name in texts:
        return setting.read(texts[setting.name])
    if setting.name in choices:
        return setting.take(choices[setting.name])
    return setting.read(usual.get(setting.name, setting.default))


def _policies(profile: Profile, policy: str) -> dict[str, str]:
    """Return the overrides that give every TLB, walk cache and cache of `profile` one replacement policy."""
    arrays = {"tlb": profile.tlb, "walk_cache": profile.walk_cache, "cache": profile.cache}
    return {
        f"{group}.{name}.policy": policy
        for group, table in arrays.items()
        for name in table.__struct_fields__
        if not isinstance(getattr(table, name), str)
    }


def _changed(profile: Profile, overrides: Mapping[str, str]) -> Profile:
    """Return `profile` with each dotted key of `overrides` set; the source of a changed table says so."""
    tables: dict[str, Any] = msgspec.to_builtins(profile)
    for key, text in overrides.items():
        table, name = _place(tables, key)
        table[name] = _like(key, table[name], text)
        if "source" in table and name != "source":
            table["source"] = "assumed: set for this run"
    return read_profile(tables, "--set")


def _place(tables: dict[str, Any], key: str) -> tuple[dict[str, Any], str]:
    """Return the table that dotted `key` names a value in, and the value's name; `price.pte` means its cycles."""
    table = tables
    *path, name = key.split(".")
    if path == ["price"] and name in tables["price"]:
        return tables["price"][name], "cycles"
    for step in path:
        if table is tables["tlb"] and isinstance(table.get(step), str):
            table[step] = dict(NEW_TLB)
        if not isinstance(table.get(step), dict):
            raise _unknown(tables, key)
        table = table[step]
    shares = table is tables["tlb"] and name in SHARED
    if name not in table or (isinstance(table[name], dict) and not shares):
        raise _unknown(tables, key)
    return table, name


def _unknown(tables: dict[str, Any], key: str) -> ConfigError:
    return ConfigError(f"--set: the key '{shown(key)}' is unknown{nearest(key, override_keys(tables))}")


def override_keys(tables: Mapping[str, Any]) -> list[str]:
    """Return every key that `--set` takes for a profile of these tables, sorted."""
    keys = [*BY_NAME]

    def walk(table: Mapping[str, Any], path: str) -> None:
        for name, value in table.items():
            if isinstance(value, Mapping):
                walk(value, f"{path}{name}.")
            elif name not in ("name", "summary", "source"):
                keys.append(f"{path}{name}")

    walk(tables, "")
    return sorted(key.removesuffix(".cycles") for key in keys)


def _truth(key: str, text: str) -> bool:
    if text not in TRUTHS:
        raise ConfigError(f"--set: {key}: '{shown(text)}' is no truth value; {' or '.join(TRUTHS)} is right")
    return TRUTHS[text]


def _like(key: str, old: object, text: str) -> object:
    """Return `text` as a value of the same type as `old`."""
    if isinstance(old, str | dict):  # in the place of a TLB stands the name of another
        return text
    if isinstance(old, bool):
        return _truth(key, text)
    if not isinstance(old, float):
        return read_whole(text, f"--set: {key}", -MAX_CYCLES, MAX_CYCLES)
    try:
        return float(text.encode("ascii"))
    except ValueError:
        raise ConfigError(f"--set: {key}: '{shown(text)}' is no number") from None
