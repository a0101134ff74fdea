"""Settings every test shares."""

from hypothesis import settings

# The same examples on every machine, in every run; no deadline, since a first call may compile.
settings.register_profile("pagewalk", derandomize=True, deadline=None)
settings.load_profile("pagewalk")
