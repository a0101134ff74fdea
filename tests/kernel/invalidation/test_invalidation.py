"""Flush policies and address-space identifiers: what they cost differs, what programs see does not."""

import pytest

from tests.running import PAGE, PROT_READ, READ_WRITE, call, fork, label, leave, mmap, run, show, wait, words

FLUSHES = ["ceiling:0", "ceiling:1", "ceiling:33", "ceiling:512", "asid", "full"]
PAGES = 40


def each_page(body):
    """Run `body` with t0 at each page of the mapping at s0."""
    return f"mv t0, s0\nli t1, {PAGES}\nli t2, 4096\n7: {body}\nadd t0, t0, t2\naddi t1, t1, -1\nbnez t1, 7b\n"


SUM = "li s1, 0\n" + each_page("ld t3, 0(t0)\nadd s1, s1, t3")
BUSY = (
    mmap(PAGES * PAGE)
    + "mv s0, a0\n"
    + each_page("sd t1, 0(t0)")
    + call("mprotect", "s0", PAGES * PAGE, PROT_READ)
    + SUM
    + call("mprotect", "s0", PAGES * PAGE, READ_WRITE)
    + fork(each_page("addi t3, t1, 1\nsd t3, 0(t0)") + SUM + show("s1"), SUM + show("s1"))
    + each_page("addi t3, t1, 2\nsd t3, 0(t0)")
    + SUM
    + show("s1")
)
TOTAL = PAGES * (PAGES + 1) // 2


@pytest.mark.parametrize("flush", FLUSHES)
def test_every_policy_gives_the_same_results(flush):
    result = run(BUSY, flush=flush)
    assert words(result) == [TOTAL + PAGES, TOTAL, TOTAL + 2 * PAGES]


def test_a_ceiling_above_the_range_invalidates_page_by_page():
    text = mmap(PAGES * PAGE) + "mv s0, a0\n" + each_page("sd t1, 0(t0)") + call("munmap", "s0", PAGES * PAGE)
    high, low = run(text, flush=f"ceiling:{PAGES}"), run(text, flush=f"ceiling:{PAGES - 1}")
    assert high.counters["flush.page"] - low.counters["flush.page"] == PAGES
    assert low.counters["flush.asid"] - high.counters["flush.asid"] == 1


def test_the_policies_asid_and_full_never_invalidate_single_pages():
    assert run(BUSY, flush="asid").counters["flush.page"] == 0
    full = run(BUSY, flush="full").counters
    assert (full["flush.page"], full["flush.asid"]) == (0, 0)
    assert full["flush.all"] > 0


def test_a_full_flush_induces_more_misses_than_single_pages():
    single, full = run(BUSY, flush="ceiling:512"), run(BUSY, flush="full")
    assert full.counters["flush.induced_misses"] > single.counters["flush.induced_misses"]
    assert full.counters["walk.count"] > single.counters["walk.count"]


def test_the_cost_of_flushes_is_their_number_times_their_price():
    for flush in FLUSHES:
        result = run(BUSY, flush=flush)
        counters = result.counters
        price = (
            260 * counters["flush.page"] + 1170 * counters["flush.asid"] + 1300 * counters["flush.all"]
        )  # skylake.toml
        assert result.costs["flush.local"] == price


def test_granting_more_to_untouched_pages_flushes_nothing():
    text = mmap(PAGES * PAGE, PROT_READ) + "mv s0, a0\n" + call("mprotect", "s0", PAGES * PAGE, READ_WRITE)
    counters = run(text).counters
    assert (counters["flush.page"], counters["flush.all"]) == (0, 0)
    assert counters["flush.asid"] == 1  # at its end


@pytest.mark.parametrize("flush", ["ceiling:33", "full"])
@pytest.mark.parametrize("bits", [0, 1, 2, 3, 12])
def test_any_number_of_asids_gives_the_same_results(bits, flush):
    """Six processes take turns and use their pages; with two bits there are three ASIDs for them."""
    add = each_page("ld t3, 0(t0)\nadd t3, t3, s2\nsd t3, 0(t0)")
    body = f"li s3, 5\n1: {add}{call('sched_yield')}addi s3, s3, -1\nbnez s3, 1b\n"
    text = mmap(PAGES * PAGE) + "mv s0, a0\nli s2, 0\n"
    there = label()
    for child in range(1, 6):
        text += f"{call('clone', 17, 0, 0, 0, 0)}li t0, {child}\nbnez a0, 2f\nmv s2, t0\nj {there}\n2:\n"
    text += (
        "li s2, 6\n"
        + f"{there}:\n"
        + body
        + SUM
        + "3: "
        + call("wait4", -1, 0, 0, 0)
        + "bgtz a0, 3b\n"
        + show("s1", "s2")
    )
    found = words(run(text, overrides={"asid_bits": str(bits)}, flush=flush))
    assert sorted(zip(found[1::2], found[::2], strict=True)) == [(n, 5 * n * PAGES) for n in range(1, 7)]


def test_a_machine_without_asids_flushes_at_each_switch_to_another_space():
    text = fork(call("sched_yield") * 3, meanwhile=call("sched_yield") * 3)
    without, with_asids = run(text, overrides={"asid_bits": "0"}), run(text)
    assert with_asids.counters["flush.all"] == 0
    assert without.counters["flush.all"] == without.counters["context_switches"] + 1  # the first entry, too


@pytest.mark.parametrize("bits", [0, 1, 2])
def test_an_address_space_identifier_used_again_shows_nothing_of_its_last_owner(bits):
    """Forty children, one after the other, each sees the parent's byte and leaves its own in its own copy."""
    loop, there = label(), label()
    text = f"""la s0, d
li s4, 40
{loop}:
{call("clone", 17, 0, 0, 0, 0)}
bnez a0, {there}
ld s1, 0(s0)
sd s4, 0(s0)
ld s2, 0(s0)
xor s2, s2, s4
add s1, s1, s2
{leave("s1")}
{there}: {call("wait4", -1, "=status", 0, 0)}
lw t0, status
li t1, {7 << 8}
bne t0, t1, 9f
addi s4, s4, -1
bnez s4, {loop}
ld s1, 0(s0)
{leave("s1")}
9: {leave(99)}
"""
    result = run(text, "d: .dword 7\n.balign 4096\nstatus: .dword 0", overrides={"asid_bits": str(bits)})
    assert result.exit_status == 7
    assert result.counters["fork.count"] == 40


def pin(mask):
    """Let this thread run on the harts of `mask` alone."""
    return f"li t0, {mask}\naddi sp, sp, -16\nsd t0, 0(sp)\n{call(122, 0, 8, 'sp')}"


@pytest.mark.parametrize("flush", ["ceiling:33", "ceiling:33+lazy"])
def test_a_hart_without_asids_shows_a_new_space_nothing_of_an_ended_one(flush):
    """The first child leaves entries on hart 1 and ends on hart 0; the second gets its root table, and hart 1."""
    first = pin(2) + "li t0, 5\nla t1, d\nsd t0, 0(t1)\nld t0, 0(t1)\n" + pin(1)
    text = fork(first) + fork(pin(2) + "la t1, d\nld s1, 0(t1)\n" + show("s1"))
    result = run(text, "d: .dword 7", harts=2, flush=flush, overrides={"asid_bits": "0"})
    assert words(result) == [7]


@pytest.mark.parametrize("bits", [0, 12])
def test_a_space_that_ends_elsewhere_does_not_disturb_a_hart_that_has_left_it(bits):
    """The child has been on the parent's hart; it ends on the other one before the parent touches a new page."""
    there = label()
    child = pin(1) + call("sched_yield") * 3 + pin(2) + leave(0)
    loop = "li s1, 20000\n1: addi s1, s1, -1\nbnez s1, 1b\n"
    text = pin(1) + f"{call('clone', 17, 0, 0, 0, 0)}bnez a0, {there}\n{child}{there}:\n" + call("sched_yield") * 6
    settings = {"asid_bits": str(bits), "quantum": "3000"}
    result = run(text + loop + mmap(PAGE) + "sd a0, 0(a0)\n" + wait(), harts=2, overrides=settings)
    assert (result.ended, result.exit_status) == ("exit", 0)
    assert result.counters["fault.spurious"] == 0
