"""The constants that emulated figures depend on, and how each came to its value.

sourced       somebody published it, as a thing by itself
assumed       nobody did; the profile says why it has this value
calibrated    it was set so that one published figure comes out right. It says nothing about that figure, and has to
              predict others.
"""

from dataclasses import dataclass
from operator import attrgetter

from emulator.base.errors import ConfigError
from emulator.config import Profile

# Which figure (`Figure.name`) a constant of a profile was calibrated on.
CALIBRATED = {
    ("skylake", "price.flush_page"): "V1 slope, own prices",
    ("skylake", "price.flush_asid"): "V1 crossover, own prices",
    ("skylake", "price.ipi_deliver"): "V4 2 threads",
    ("skylake", "price.ipi_send"): "V4 4 threads",
    ("skylake", "price.broadcast_hart"): "V13 growth",
    ("skylake", "price.switch"): "V5 0 pages, absolute",
    ("skylake", "price.pte_fork"): "V15 1 GB",
}


@dataclass(frozen=True)
class Constant:
    """A number of a machine, by its key in a profile (`price.flush_page`); `calibrated_on` names a figure, or is ""."""

    key: str
    value: str
    source: str
    calibrated_on: str = ""

    @property
    def kind(self) -> str:
        """How it came to its value: sourced, assumed or calibrated."""
        if self.calibrated_on:
            return "calibrated"
        return "assumed" if self.source.startswith("assumed") else "sourced"


def constant_of(profile: Profile, key: str) -> Constant:
    """Return the constant that `profile` holds under `key`: a price, or a cache, the memory or a TLB as a whole."""
    table, _, name = key.partition(".")
    if table == "price":
        price = profile.price[name]
        value, source = str(price.cycles), price.source
    elif table in ("cache", "dram"):
        row = attrgetter(key)(profile)
        value, source = f"{row.latency} cycles", row.source
    else:
        raise ConfigError(f"{key}: is no constant that a figure can depend on")
    return Constant(key, value, source, CALIBRATED.get((profile.name, key), ""))
