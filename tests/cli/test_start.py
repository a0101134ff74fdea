"""What needs no machine starts without the compiler, which takes most of a second to load."""

import subprocess
import sys

import pytest

PROBE = "import sys; from emulator.cli import invoke; invoke(sys.argv[1:]); sys.exit('numba' in sys.modules)"


@pytest.mark.parametrize(
    "arguments", [["--help"], ["run", "--help"], ["profiles"], ["asm", "programs/hello.s", "--listing"]], ids=" ".join
)
def test_starts_without_loading_the_compiler(arguments):
    done = subprocess.run([sys.executable, "-c", PROBE, *arguments], capture_output=True, check=False)
    assert done.stdout
    assert done.returncode == 0


def test_public_names_are_all_there():
    import emulator

    assert all(getattr(emulator, name) is not None for name in emulator.__all__)
    with pytest.raises(AttributeError, match="Machien"):
        _ = emulator.Machien
