"""Programs of two or more threads in a few lines: the first one changes what the others use."""

from tests.running import call, label, leave

THREAD = 0x350F00  # CLONE_ VM FS FILES SIGHAND THREAD SYSVSEM PARENT_SETTID CHILD_CLEARTID
DONTNEED = 4
FUTEX_WAIT = 0
# s0: the page that is shared, s1: how many threads are ready, s2: set once the change is done
DATA = "shared: .dword 7\n.balign 4096\nready: .word 0\n.balign 64\ngo: .word 0\n.balign 64\ntids: .space 64\n"
BSS = ".space 4096 * 8\nstacks_end:\n.balign 4096"


def threads(change, use, others=1, warm="", finish="", after=""):
    """Each of `others` threads runs `warm`, is ready, runs `use` until the change is done, once more, and `finish`.

    The first thread runs `change` when they are ready, tells them, waits for their ends, and runs `after`. All begin
    with s0 = shared, a page whose first word is 7, which they have read; s3 is a thread's number, 0 to `others` - 1,
    and how many there are for the first one; s7-s11 are free.
    """
    again, wait, joined, spin, there = (label() for _ in range(5))
    return f"""
    la s0, shared
    la s1, ready
    la s2, go
    la s5, tids
    la s6, stacks_end
    li s3, 0
{again}:
    slli t0, s3, 3
    add s4, s5, t0
    {call(220, THREAD, "s6", "s4", 0, "s4")}
    bnez a0, {there}
    ld t0, 0(s0)
    {warm}
    li t0, 1
    amoadd.w zero, t0, (s1)
{spin}:
    lw s7, 0(s2)
    fence
    {use}
    beqz s7, {spin}
    {finish}
    {leave(0)}
{there}:
    li t0, -4096
    add s6, s6, t0
    addi s3, s3, 1
    li t0, {others}
    bne s3, t0, {again}
{wait}:
    {call("sched_yield")}
    lw t0, 0(s1)
    bne t0, s3, {wait}
    {change}
    li t0, 1
    fence
    sw t0, 0(s2)
    mv s4, s5
{joined}:
    lw a2, 0(s4)
    beqz a2, 1f
    {call(98, "s4", FUTEX_WAIT, "a2", 0)}
    j {joined}
1:  addi s4, s4, 8
    addi s3, s3, -1
    bnez s3, {joined}
    {after}
"""


FUTEX_WAKE = 1


def start(body, number=0, flags=THREAD, tls=0):
    """Start thread `number` (0 to 7), which runs `body` and ends; its id is in a0, and in `tids` until it has ended."""
    there = label()
    begin = f"la a1, stacks_end - 4096 * {number}\nla a2, tids + 8 * {number}\nmv a4, a2\n"
    return f"{begin}{call(220, flags, 'a1', 'a2', tls, 'a4')} bnez a0, {there}\n{body}\n{leave(0)}{there}:\n"


def join(number=0):
    """Wait until thread `number` has ended."""
    again, done = label(), label()
    look = f"la s11, tids + 8 * {number}\n{again}: lw a2, 0(s11)\nbeqz a2, {done}\n"
    return f"{look}{call(98, 's11', FUTEX_WAIT, 'a2', 0)}j {again}\n{done}:\n"


def until(word, value):
    """Go round, letting others run, until `word` has become `value`."""
    again = label()
    return f"{again}: {call('sched_yield')}lw t0, {word}\nli t1, {value}\nbne t0, t1, {again}\n"


def put(word, value):
    """Store a number in `word`."""
    return f"fence\nli t0, {value}\nla t1, {word}\nsw t0, 0(t1)\n"
