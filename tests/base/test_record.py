"""Records: the same bytes for compiled code and for Python, laid out for the host's caches."""

import numpy as np
import pytest

from emulator.base.parts import Parts, part_of
from emulator.base.record import I4, I8, LARGE, LINE, record

INNER = record(("value", I8, (3,)), ("count", I8))
OUTER = record(("number", I8), ("small", I4), ("inner", INNER), ("rows", INNER, (2,)))


def made():
    records = np.zeros(1, OUTER)
    return records, part_of(records)


def test_a_field_that_numpy_hides_is_refused():
    with pytest.raises(AssertionError, match="flags"):
        record(("flags", I8))


def test_small_records_are_packed():
    assert OUTER.itemsize == 8 + 4 + 3 * 32


def test_a_large_array_begins_on_a_line_of_the_host_however_deep_it_lies():
    deep = record(("first", I8), ("tags", I4, (LARGE,)))
    world = record(("number", I8), ("harts", deep, (3,)))
    place = world.fields["harts"][1] + deep.fields["tags"][1]
    assert place % LINE == 0
    assert deep.itemsize % LINE == 0


def test_a_number_that_is_written_is_in_the_record():
    records, part = made()
    part.number, part.inner.count = 7, -1
    part.small += 2
    assert (records["number"][0], records["inner"]["count"][0], records["small"][0]) == (7, -1, 2)


def test_a_number_is_read_as_the_record_has_it_now():
    records, part = made()
    records["inner"]["count"] = 5
    assert part.inner.count == 5


def test_an_array_that_is_assigned_keeps_its_place():
    records, part = made()
    part.inner.value = [1, 2, 3]
    part.inner.value[1] = 9
    assert records["inner"]["value"][0].tolist() == [1, 9, 3]


def test_a_number_wraps_around_as_compiled_code_does():
    _, part = made()
    part.number = (1 << 63) - 1
    with np.errstate(over="ignore"):
        part.number += 1
    assert part.number == -(1 << 63)


def test_a_field_that_there_is_not_is_an_error_and_not_a_new_one():
    _, part = made()
    with pytest.raises(AttributeError, match="nummer"):
        part.nummer  # noqa: B018
    with pytest.raises(AttributeError, match="nummer"):
        part.nummer = 1


def test_parts_show_the_records_of_an_array_by_index():
    records = np.zeros(2, INNER)
    parts = Parts(records)
    parts[1].count = 4
    assert records["count"].tolist() == [0, 4]


@pytest.mark.parametrize("index", [-1, 2])
def test_an_index_outside_is_an_error(index):
    with pytest.raises(IndexError, match="out of bounds"):
        Parts(np.zeros(2, INNER))[index]
