"""A measurement that takes no time: rows that follow from the case, to test what is done with rows."""

from emulator.base.names import COSTS
from emulator.lab.invalidation.row import COLUMNS, KEY, MEASURED

KEY_NAMES = [column.name for column in KEY]


def measure(task):
    """Return a row whose every number follows from the pages and harts of the case."""
    numbers = [1, *(task.case.pages * 100 + task.case.harts + place for place in range(len(MEASURED) - 1 + len(COSTS)))]
    return {column.name: column.kind(value) for column, value in zip(COLUMNS, (*task.key, *numbers), strict=True)}


class Counted:
    """`measure`, noting which cases it was asked for; asked for one more than `most` it raises `ending`."""

    def __init__(self, most=10**9, ending=KeyboardInterrupt):
        self.cases, self.most, self.ending = [], most, ending

    def __call__(self, task):
        if len(self.cases) == self.most:
            raise self.ending
        self.cases.append(task.case)
        return measure(task)
