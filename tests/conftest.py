"""Settings every test shares."""

import os

from hypothesis import settings

from tests.balance import frames_in_balance  # noqa: F401 - a fixture of every test

# Compiled code, waited for where there is none yet; under NUMBA_DISABLE_JIT=1 plain Python. Never the one and then the
# other, but in the tests of just that.
os.environ.setdefault("PAGEWALK_ENGINE", "compiled")

# The same examples on every machine, in every run; no deadline, since a first call may compile.
settings.register_profile("pagewalk", derandomize=True, deadline=None)
settings.load_profile("pagewalk")
