"""The constants that emulated figures depend on, and how each came to its value: what its source in the profile says.

sourced       somebody published it, as a thing by itself
assumed       nobody did; the profile says why it has this value
calibrated    it was set so that one published figure comes out right (`calibrated on V4 2 threads: ...`). It says
              nothing about that figure, and has to predict others.
"""

import re
from dataclasses import dataclass
from operator import attrgetter

from emulator.base.errors import ConfigError
from emulator.config import Profile
from emulator.lab.validation.publications import PUBLICATIONS, row_of

CALIBRATED = re.compile(r"calibrated on ([^:]+): ")


@dataclass(frozen=True)
class Constant:
    """A number of a machine, by its key in a profile (`price.flush_page`), and where it comes from."""

    key: str
    value: str
    source: str

    @property
    def calibrated_on(self) -> str:
        """The name of the figure that it was set to, or ""."""
        found = CALIBRATED.match(self.source)
        return found[1] if found else ""

    @property
    def kind(self) -> str:
        """How it came to its value: sourced, assumed or calibrated."""
        if self.calibrated_on:
            return "calibrated"
        return "assumed" if self.source.startswith("assumed") else "sourced"

    def is_of(self, publication: str) -> bool:
        """Return whether it comes from this publication, which its source names or to a figure of which it was set."""
        own = PUBLICATIONS.get(row_of(self.calibrated_on)) if self.calibrated_on else None
        return publication in self.source or publication == own


def constant_of(profile: Profile, key: str) -> Constant:
    """Return the constant that `profile` holds under `key`: a price, a setting, or a cache, memory, TLB or walk cache.

    Raises ConfigError for another key.
    """
    group, _, name = key.partition(".")
    if group == "price":
        price = profile.price[name]
        return Constant(key, str(price.cycles), price.source)
    if group == "setting":
        setting = profile.setting[name]
        return Constant(key, str(setting.value), setting.source)
    if group in ("tlb", "walk_cache"):
        array = getattr(getattr(profile, group), name)
        if isinstance(array, str):
            return constant_of(profile, f"tlb.{array}")
        return Constant(key, f"{array.entries} entries", array.source)
    if group == "overlap":
        return Constant(key, str(getattr(profile.overlap, name)), profile.overlap.source)
    if group == "bulk":
        return Constant(key, f"{profile.bulk.overlap} misses", profile.bulk.source)
    if group in ("cache", "dram"):
        row = attrgetter(key)(profile)
        return Constant(key, f"{row.latency} cycles", row.source)
    raise ConfigError(f"{key}: is no constant that a figure can depend on")
