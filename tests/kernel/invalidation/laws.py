"""Programs whose first thread invalidates between two marks, and what lies between these."""

from emulator.config import load_profile
from tests.running import PAGE, READ_WRITE, call, label, leave, mmap, run
from tests.threads import BSS, DATA, THREAD, threads

PRICE = {name: row.cycles for name, row in load_profile("skylake").price.items()}
MARK = 20567
LATE = 60  # cycles by which an instruction may delay an interrupt


def each_page(pages, body):
    """Run `body` with t0 at each page of the mapping at s8."""
    again = label()
    return (
        f"mv t0, s8\nli t1, {pages}\nli t2, 4096\n{again}: {body}\nadd t0, t0, t2\naddi t1, t1, -1\nbnez t1, {again}\n"
    )


def mapped(pages, prot=READ_WRITE):
    """Map pages at s8 and write them all: the other harts never use them."""
    return mmap(pages * PAGE) + "mv s8, a0\n" + each_page(pages, "sd t1, 0(t0)")


def marked(step):
    """Run a step between marks 1 and 2."""
    return call(MARK, 1) + step + call(MARK, 2)


def delay(times):
    """Go round a loop."""
    again = label()
    return f"li t1, {times}\n{again}: addi t1, t1, -1\nbnez t1, {again}\n"


def measured(change, flush, others=1, use="", **machine):
    """Run `change` while threads on `others` harts run in the same space; return the result."""
    result = run(threads(change, use, others), DATA, BSS, harts=others + 1, flush=flush, **machine)
    assert (result.ended, result.exit_status) == ("exit", 0)
    return result


def paid(result):
    """What hart 0 paid between marks 1 and 2, by cost."""
    before, after = result.marks[:2]
    return before.until(after).costs


def rows(result, *causes):
    """The invalidations between marks 1 and 2, or all of the causes given."""
    made = result.invalidations
    if causes:
        return made[[int(cause) in causes for cause in made["cause"]]]
    first, last = (mark.cycle for mark in result.marks[:2])
    return made[(made["hart"] == 0) & (made["cycle"] >= first) & (made["cycle"] < last)]


def invalidating(result):
    """All cycles that hart 0 spent between the marks on invalidating."""
    costs = paid(result)
    return costs["flush.local"] + costs["shootdown.send"] + costs["shootdown.wait"]


def unmapping(pages, flush, others=1, **machine):
    """munmap of pages that the other harts may have in their TLBs, for all that the kernel knows."""
    return measured(mapped(pages) + marked(call("munmap", "s8", pages * PAGE)), flush, others, **machine)


def answer_time(own):
    """From sending an interrupt until the answer is seen, the flush that is asked for taking `own` cycles."""
    return PRICE["ipi_deliver"] + PRICE["ipi_serve"] + own + PRICE["ipi_ack"]


# A thread on hart 1 has used the page at `shared` and sleeps; WAKE wakes it.
SLEEPER = f"""
    la s0, shared
    la s1, ready
    {call(220, THREAD, "=stacks_end", "=tids", 0, "=tids")}
    bnez a0, 1f
    ld t0, 0(s0)
    li t0, 1
    sw t0, 0(s1)
    {call(98, "=go", 0, 0, 0)}
    ld t0, 0(s0)
    {call(MARK, 3)}
    {leave(0)}
1:  {call("sched_yield")}
    lw t0, 0(s1)
    beqz t0, 1b
    {delay(3000)}
"""
WAKE = f"{delay(100)}la t0, go\nli t1, 1\nsw t1, 0(t0)\n{call(98, '=go', 1, 1)}{delay(6000)}"
