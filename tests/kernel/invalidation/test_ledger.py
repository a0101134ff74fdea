"""The ledger of invalidations holds every one, however many there are: its ring is emptied in time."""

from emulator.world.invalidation import INVALIDATIONS
from tests.running import call, leave, mmap, run

PAGE = 4096


def test_a_call_of_more_invalidations_than_the_ring_holds_loses_none():
    pages = INVALIDATIONS + 100
    touch = f"""
    mv s0, a0
    mv t0, s0
    li t1, {PAGE}
    li t2, {pages}
next:
    sd t0, 0(t0)
    add t0, t0, t1
    addi t2, t2, -1
    bnez t2, next
    """
    text = f"{mmap(pages * PAGE)}{touch}{call('munmap', 's0', pages * PAGE)}{leave(0)}"
    result = run(text, memory="128MiB", flush="ceiling:33+gather:1")
    numbers = result.invalidations["number"]
    assert list(numbers) == list(range(len(numbers)))
    assert result.counters["flush.page"] == pages - 1  # the last flush is for tables, too, and of all pages (F21)
    assert (result.invalidations["pages"] == 1).sum() == pages
