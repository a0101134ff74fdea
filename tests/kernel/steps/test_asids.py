"""ASIDs: who has which, and what becomes of it when they have run out (a rollover, as in Linux on arm64 and RISC-V)."""

import pytest

from emulator.base.kernel_names import FlushCause
from emulator.config import Config
from emulator.kernel.boot import build_world
from emulator.kernel.doors import address_spaces
from tests.running import call, fork, run, show, spawn, words
from tests.threads import BSS, DATA, join, put, start, until

pytestmark = pytest.mark.both_engines


class Spaces:
    """Address spaces, and busy harts that enter them."""

    def __init__(self, bits, harts, spaces=8):
        self.world = build_world(Config.make(harts=harts, memory="2MiB", overrides={"asid_bits": str(bits)}))
        self.world.harts["busy"] = 1
        self.index = [int(address_spaces.create_space(self.world, 0, pid)) for pid in range(1, spaces + 1)]

    def enter(self, hart, *spaces):
        """Let a hart run in one space after the other; return their ASIDs."""
        found = []
        for space in spaces:
            address_spaces.enter_space(self.world, hart, self.index[space])
            found.append(self.asid(space))
        return found

    def asid(self, space):
        """The ASID that a space was given last."""
        return int(self.world.space["asid"][self.index[space]])


def test_each_space_has_an_asid_of_its_own_and_keeps_it():
    spaces = Spaces(2, 1)
    first = spaces.enter(0, 0, 1, 2)
    assert len(set(first)) == 3
    assert spaces.enter(0, 2, 0, 1) == [first[2], first[0], first[1]]


def test_a_space_has_one_asid_on_all_harts():
    spaces = Spaces(3, 2)
    assert spaces.enter(0, 0) == spaces.enter(1, 0)


def test_a_running_space_keeps_its_asid_over_a_rollover():
    spaces = Spaces(2, 2)
    (kept,) = spaces.enter(1, 0)
    given = spaces.enter(0, 1, 2, 3, 4, 5, 6)
    assert spaces.asid(0) == kept
    assert kept not in given


def test_an_asid_that_was_kept_is_nobody_else_s_until_the_next_rollover():
    """Its space has it yet, though it no longer runs."""
    spaces = Spaces(3, 2, 14)
    spaces.enter(0, *range(1, 7))
    (kept,) = spaces.enter(1, 0)  # the last one
    spaces.enter(0, 7)
    spaces.enter(1, 7)
    assert kept not in spaces.enter(0, *range(8, 13))
    assert spaces.enter(0, 0) == [kept]
    assert spaces.enter(1, 13) != [kept]


@pytest.mark.parametrize(("bits", "harts"), [(1, 1), (2, 1), (2, 2), (3, 4)])
def test_no_asid_is_wider_than_the_machine_has_bits(bits, harts):
    """Also where the last one of a generation is kept: the one after it is none."""
    spaces = Spaces(bits, harts, 24)
    limit = 1 << bits
    given = spaces.enter(0, *range(limit - 1))  # all there are
    for hart in range(1, harts):
        spaces.enter(hart, limit - 1 - hart)  # those that were given last go on running elsewhere
    given += spaces.enter(0, *range(limit - 1, 24))
    assert max(given) == limit - 1
    assert min(given) == 1


def test_spaces_that_run_at_the_same_time_never_share_an_asid():
    spaces = Spaces(3, 4, 12)
    where = {}
    for step in range(60):
        where[step % 4] = step * 5 % 12
        spaces.enter(step % 4, step * 5 % 12)
        running = set(where.values())
        assert len({spaces.asid(space) for space in running}) == len(running)


# programs

PAGE_OF_ITS_OWN = "la s0, shared\nsd s1, 0(s0)\nld t0, 0(s0)\n"


def family(children):
    """Children that all run at once, each with a thread: both look again and again that the page is their own."""
    look = "li s2, 60\n1: ld t0, 0(s0)\nbne t0, s1, 9f\naddi s2, s2, -1\nandi t1, s2, 15\nbnez t1, 2f\n"
    look += call("sched_yield") + "2: bnez s2, 1b\nj 8f\n9: ebreak\n8:\n"
    text = ""
    for number in range(children):
        body = f"li s1, {number + 100}\n" + PAGE_OF_ITS_OWN + start(look) + look + join() + call("exit", "s1")
        text += spawn(body)
    again = "li s3, 0\n7: " + call("wait4", -1, "=go", 0, 0) + "blez a0, 6f\nlw t0, go\nadd s3, s3, t0\nj 7b\n6:\n"
    return text + again + "srli s3, s3, 8\nld s4, shared\n" + show("s3", "s4")


@pytest.mark.parametrize("schedule", ["time", "seed:1", "seed:2"])
@pytest.mark.parametrize(("bits", "harts"), [(0, 4), (3, 4), (2, 2), (12, 4)])
def test_processes_see_their_own_memory_however_few_asids_there_are(bits, harts, schedule):
    """F45: `run` asserts that no stale entry was used."""
    machine = {"overrides": {"asid_bits": str(bits), "quantum": "2000"}, "tlb": "adversarial", "memory": "2MiB"}
    result = run(family(6), DATA, BSS, harts=harts, schedule=schedule, **machine)
    assert (result.ended, result.exit_status) == ("exit", 0)
    assert words(result) == [sum(range(100, 106)), 7]


def test_a_rollover_empties_the_tlbs_of_every_hart_once():
    """Seven ASIDs: the parent and six children have them, the seventh child begins the next generation."""
    text = start(put("ready", 1) + until("go", 1)) + until("ready", 1)
    text += "".join(fork("") for _ in range(7)) + put("go", 1) + join()
    result = run(text, DATA, BSS, harts=2, overrides={"asid_bits": "3"})
    rows = result.invalidations[result.invalidations["cause"] == FlushCause.ROLLOVER]
    assert set(rows["hart"]) == {0, 1}
    assert len(rows) == 2


def test_enough_asids_never_run_out():
    result = run("".join(fork("") for _ in range(20)), harts=2)
    assert not (result.invalidations["cause"] == FlushCause.ROLLOVER).any()
