"""The machine to be built: profiles with the source of every figure, and the user's choices, checked."""

from emulator.config.config import Config
from emulator.config.profile import load_profile, profile_names
from emulator.config.schema import Profile
from emulator.config.sizes import parse_size, size_text
from emulator.config.strategies import STRATEGIES, Flush, parse_flush

__all__ = [
    "STRATEGIES",
    "Config",
    "Flush",
    "Profile",
    "load_profile",
    "parse_flush",
    "parse_size",
    "profile_names",
    "size_text",
]
