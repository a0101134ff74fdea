"""Random programs of loads, stores, forks, exits, mprotect and munmap against a model that knows only the rules."""

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.model.processes import Kernel, Killed, Page, Process
from tests.running import ANONYMOUS, PAGE, READ_WRITE, SHARED, call, leave, mmap, run, spawn, wait, words

PRIVATE_PAGES, SHARED_PAGES = range(3), range(3, 5)
PAGES = [*PRIVATE_PAGES, *SHARED_PAGES]
KILLED = 9999  # what is shown for a child that a signal ended


@st.composite
def programs(draw, depth=0):
    """A list of steps; every third forks, down to grandchildren, and few of them take a page away."""
    found = []
    kinds = ["store", "store", "store", "load", "load", "protect"] + ["fork"] * (3 if depth < 2 else 0)
    for kind in draw(st.lists(st.sampled_from(kinds), min_size=4, max_size=9)):
        number = draw(st.sampled_from(PAGES))
        if kind == "fork":
            found.append(("fork", draw(programs(depth + 1))))
        elif kind == "store":
            found.append(("store", number, draw(st.integers(1, 2000))))
        elif kind == "protect":
            writable = draw(st.integers(0, 3)) > 0
            found.append(("protect", number, writable))
        else:
            found.append(("load", number))
    if draw(st.integers(0, 9)) == 0:
        found.insert(draw(st.integers(0, len(found))), ("unmap", draw(st.sampled_from(PRIVATE_PAGES))))
    return found


def address(number):
    """Code that puts the address of page `number` in t0; private pages lie at s0, shared ones at s1."""
    base, place = ("s0", number) if number in PRIVATE_PAGES else ("s1", number - len(PRIVATE_PAGES))
    return f"li t0, {place * PAGE}\nadd t0, {base}, t0\n"


# Writes s3 to standard output from a shared page at s2: no page of any process is touched by it.
SHOW = f"show_s3: sd s3, 0(s2)\n{call('write', 1, 's2', 8)}ret\n"


def code_of(program):
    """The assembly of a list of steps."""
    text = ""
    for what, *rest in program:
        if what == "load":
            text += address(rest[0]) + "ld s3, 0(t0)\njal show_s3\n"
        elif what == "store":
            text += address(rest[0]) + f"li t1, {rest[1]}\nsd t1, 0(t0)\n"
        elif what == "protect":
            text += address(rest[0]) + call("mprotect", "t0", PAGE, READ_WRITE if rest[1] else 1)
        elif what == "unmap":
            text += address(rest[0]) + call("munmap", "t0", PAGE)
        else:
            text += spawn(code_of(rest[0]) + leave(0)) + wait(status="s2")
            text += f"lw s3, 0(s2)\nbeqz s3, 1f\nli s3, {KILLED}\njal show_s3\n1:\n"
    return text


def play(kernel, process, program):
    """The same steps on the model."""
    for what, *rest in program:
        if what == "load":
            kernel.output.append(process.load(rest[0]))
        elif what == "store":
            process.store(*rest)
        elif what == "protect":
            process.protect(*rest)
        elif what == "unmap":
            process.unmap(rest[0])
        else:
            child = process.fork()
            try:
                play(kernel, child, rest[0])
            except Killed:
                child.end()
                kernel.output.append(KILLED)
            else:
                child.end()


def compare(program, **machine):
    """Run the program on both; what it shows, its end and every counter that the rules determine must agree."""
    text = mmap(len(PRIVATE_PAGES) * PAGE) + "mv s0, a0\n" + mmap(len(SHARED_PAGES) * PAGE, flags=SHARED | ANONYMOUS)
    text += "mv s1, a0\n" + mmap(PAGE, flags=SHARED | ANONYMOUS) + "mv s2, a0\nsd zero, 0(s2)\n"
    result = run(text + code_of(program) + leave(0) + SHOW, **machine)
    kernel = Kernel()
    first = Process(kernel, {number: Page(shared=number in SHARED_PAGES) for number in PAGES})
    killed = False
    try:
        play(kernel, first, program)
    except Killed:
        killed = True
    assert words(result) == kernel.output
    assert result.exit_status == (128 + 11 if killed else 0)
    return result, kernel.counters


@settings(max_examples=60)
@given(programs())
def test_a_random_program_sees_and_counts_what_the_rules_say(program):
    result, counters = compare(program)
    found = {name: result.counters[name] for name in counters}
    found["zero.fills"] -= 1  # the page that output goes through
    # The stack's top page, written by spawn, is flipped by the first fork of the first process and by no other.
    found["fork.write_protected"] -= min(counters["fork.count"], 1)
    assert found == counters
    assert result.counters["frames.leaked"] == 0


@settings(max_examples=25)
@given(
    programs(),
    st.sampled_from(["eager", "cow-stack", "shared-tables"]),
    st.sampled_from(["full", "ceiling:0"]),
    st.sampled_from(["0", "2"]),
)
def test_a_random_program_sees_the_same_whatever_the_settings(program, fork, flush, asids):
    compare(program, fork=fork, flush=flush, overrides={"asid_bits": asids})
