"""A door that runs in plain Python and cannot be compiled."""

from emulator.base.jit import hot_entry


@hot_entry
def speak(world, number):
    """Return the length of a number's name."""
    return len({1: "one"}.get(number, object()))
