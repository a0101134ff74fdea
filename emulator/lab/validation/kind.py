"""Of what kind a row is, by what its figure depends on: what it would prove to come out right.

prediction        no constant comes from the publication of the figure: it could have come out otherwise
same publication  one does: the figure is held against what else its publication says
identity          a closed form of prices says the same as the run: it cannot come out otherwise
calibration       a constant was set so that this very figure comes out. It is judged as others are, for a constant that
                  misses its own figure is no calibration
"""

from collections.abc import Iterable

from emulator.lab.validation.constant import Constant

PREDICTION = "prediction"
SAME = "same publication"
IDENTITY = "identity"
CALIBRATION = "calibration"
KINDS = (PREDICTION, SAME, IDENTITY, CALIBRATION)
SAYS_THE_SAME = 0.1  # how far, in parts, a run may be from a closed form that it adds nothing to


def kind_of(name: str, publication: str, emulated: float, closed: float | None, constants: Iterable[Constant]) -> str:
    """Return the kind of the row of the figure `name`, which came out as `emulated`; `closed` is its closed form."""
    constants = tuple(constants)
    if any(constant.calibrated_on == name for constant in constants):
        return CALIBRATION
    if closed is not None and abs(emulated - closed) <= SAYS_THE_SAME * max(abs(closed), abs(emulated)):
        return IDENTITY
    if any(constant.is_of(publication) for constant in constants):
        return SAME
    return PREDICTION
