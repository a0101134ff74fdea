"""Page tables that are shared, and no frame is left to copy one: more runs than plain Python has the speed for."""

import pytest

from tests.kernel.steps.test_shared_tables import FORMATS, TABLES, arena, touch
from tests.running import PAGE, call, faults, fork, leave, run


@pytest.mark.parametrize("paging", FORMATS)
def test_F63_without_a_frame_for_its_table_a_writer_ends_and_the_others_keep_all(paging):
    """As many pages as there is room for less 1, 2, ...: at some of these no frame is left for the child's table."""
    seen = set()
    for pages in range(200, 248):
        text = arena(pages) + touch(pages) + fork("sd zero, 0(s0)", "ld s1, 0(s0)\nsd s1, 0(s0)\n" + leave("s1"))
        result = run(text, memory="1MiB", paging=paging, **TABLES)
        if result.counters["fork.count"] and "OUT_OF_MEMORY" in faults(result):
            assert result.exit_status in (pages & 0xFF, 128 + 9)
            seen.add(int(result.counters["fork.tables_copied"]))
    assert {0, 1} <= seen  # no frame for the table; one for the table, and none for the page


def test_F63_a_call_without_a_frame_for_its_table_fails_and_changes_nothing():
    outcomes = set()
    for pages in range(200, 248):
        change = call("munmap", "s0", PAGE) + "neg s1, a0\nld t0, 0(s0)\n" + leave("s1")
        text = arena(pages) + touch(pages) + fork(change, status="=shown")
        result = run(text, memory="1MiB", **TABLES)
        if result.counters["fork.count"]:
            outcomes.add((result.processes[1].status, result.processes[1].signal))
    assert (12, None) in outcomes  # ENOMEM, and the page is there
    assert (None, 11) in outcomes  # unmapped
