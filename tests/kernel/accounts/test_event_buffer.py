"""No event is lost, whatever fills the buffer in which compiled code leaves them."""

from emulator.base.names import Event
from tests.running import call, run, show, words


def test_more_events_than_the_buffer_holds_are_all_there():
    """Each system call leaves one; the buffer holds 4096."""
    text = "li s1, 5000\n1: " + call("getppid") + "addi s1, s1, -1\nbnez s1, 1b\n"
    result = run(text)
    assert len(result.events) == 5000 + 2  # and the start and the exit
    assert result.counters["syscall.total"] == 5001


def test_more_faults_than_the_buffer_holds_are_all_there():
    pages = 4500
    text = call("mmap", 0, pages * 4096, 3, 0x22, -1, 0)
    text += f"li s1, {pages}\nli s2, 4096\n1: ld t0, 0(a0)\nadd a0, a0, s2\naddi s1, s1, -1\nbnez s1, 1b\n"
    result = run(text)
    assert result.counters["zero.maps"] == pages == (result.events["kind"] == Event.ZERO_MAP).sum()


def test_a_copy_out_that_faults_more_often_than_the_buffer_holds_works():
    pages = 4300
    text = (
        call("mmap", 0, pages * 4096, 3, 0x21, -1, 0)
        + "mv s0, a0\n"
        + call("read", 0, "s0", pages * 4096)
        + "mv s1, a0\n"
    )
    result = run(text + show("s1"), memory="32MiB", stdin=bytes(pages * 4096))
    assert words(result) == [pages * 4096]
    assert (result.events["kind"] == Event.SHARE).sum() == pages
