"""Bodies of instructions, called with what they read."""

import inspect

import numpy as np

from emulator.hardware.meaning.table import MEANINGS
from isa.instructions import Op


def meaning(name):
    """What the instruction `name` means."""
    return MEANINGS[Op[name.upper().replace(".", "_")]]


def result(name, **reads):
    """The result of the body of the instruction `name`, which reads what it wants of `reads`."""
    body = meaning(name).body
    with np.errstate(over="ignore"):  # numbers wrap around
        return int(body(*(np.int64(reads[read]) for read in inspect.signature(body).parameters)))
