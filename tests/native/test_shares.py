"""Children that lower functions for the process that compiles."""

import subprocess
import sys
from pathlib import Path

TOP = Path(__file__).parents[2]
# In a process of its own, as every compilation is: what stands in the place of a function that numba has typed has none
# of the attributes that lowering asks for.
CODE = """
from emulator.compiler.shares import shares
class Typed: library = None
shares.add(Typed())
try:
    list(shares.modules())
except RuntimeError as error:
    print(error)
"""


def test_what_goes_wrong_in_a_child_is_an_error_of_its_parent():
    done = subprocess.run([sys.executable, "-c", CODE], cwd=TOP, capture_output=True, text=True, check=True)
    assert done.stdout == "AttributeError: 'Typed' object has no attribute 'flags'\n"
