"""Random mmap, munmap and mprotect of a few pages against a dictionary of them: regions are cut and joined rightly.

Each page is tried through system calls, which say EFAULT where a program would die: `write` loads its first byte,
`read` stores one. The same goes for 6 MiB under every policy of huge pages, with pages given back, collapsed, and
stored to by children.
"""

from itertools import takewhile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.running import (
    ANONYMOUS,
    FIXED,
    PAGE,
    PRIVATE,
    PROT_READ,
    PROT_WRITE,
    READ_WRITE,
    SHARED,
    call,
    fork,
    leave,
    run,
    words,
)

BASE, PAGES = 0x40000000, 10
EFAULT, ENOMEM = 14, 12
DONTNEED, HUGEPAGE, NOHUGEPAGE, COLLAPSE = 4, 14, 15, 25
CHILDS = 200  # what a child stores

ranges = st.tuples(st.integers(0, PAGES - 1), st.integers(1, 4)).map(lambda pair: (pair[0], min(sum(pair), PAGES)))
rights = st.sampled_from([0, PROT_READ, PROT_WRITE, READ_WRITE])
steps = st.one_of(
    st.tuples(st.just("map"), ranges, rights, st.sampled_from([SHARED, PRIVATE])),
    st.tuples(st.just("unmap"), ranges),
    st.tuples(st.just("protect"), ranges, rights),
    st.tuples(st.just("store"), st.integers(0, PAGES - 1)),
    st.tuples(st.just("store"), st.integers(0, PAGES - 1)),
)

# Of 6 MiB: pages at the ends of each 2 MiB and within, and ranges that begin and end there.
PLACES = (0, 1, 255, 511, 512, 513, 700, 1023, 1024, 1300, 1535)
ENDS = (0, 1, 255, 256, 511, 512, 513, 1023, 1024, 1025, 1300, 1536)
large = st.tuples(st.sampled_from(ENDS), st.sampled_from(ENDS)).filter(lambda pair: pair[0] < pair[1])
huge_steps = st.one_of(
    st.tuples(
        st.just("map"), st.sampled_from([(0, 1536), (0, 1024), (512, 1536), (256, 1300)]), rights, st.just(PRIVATE)
    ),
    st.tuples(st.just("map"), large, st.just(READ_WRITE), st.sampled_from([SHARED, PRIVATE])),
    st.tuples(st.just("unmap"), large),
    st.tuples(st.just("protect"), large, rights),
    st.tuples(st.just("advise"), large, st.sampled_from([DONTNEED, HUGEPAGE, NOHUGEPAGE, COLLAPSE])),
    st.tuples(st.just("child"), st.sampled_from(PLACES)),
    st.tuples(st.just("store"), st.sampled_from(PLACES)),
    st.tuples(st.just("store"), st.sampled_from(PLACES)),
)


def expected_of(program):
    """The results of the steps, then what a load of each page returns and finds."""
    pages, given, results = {}, 0, []
    for what, *rest in program:
        if what == "store":
            writable = rest[0] in pages and pages[rest[0]][0] & PROT_WRITE
            results.append(1 if writable else -EFAULT)
            if writable:
                given += 1
                pages[rest[0]][1] = given
            continue
        if what == "child":
            prot, _, sharing = pages.get(rest[0], (0, 0, PRIVATE))
            if prot & PROT_WRITE and sharing == SHARED:
                pages[rest[0]][1] = CHILDS
            results.append(0)
            continue
        touched = range(*rest[0])
        if what == "map":
            pages |= {page: [rest[1], 0, rest[2]] for page in touched}
            results.append(BASE + rest[0][0] * PAGE)
        elif what == "unmap":
            for page in touched:
                pages.pop(page, None)
            results.append(0)
        elif what == "advise":
            for page in touched:
                if rest[1] == DONTNEED and page in pages and pages[page][2] == PRIVATE:
                    pages[page][1] = 0
            whole = rest[1] == COLLAPSE or all(page in pages for page in touched)
            results.append(0 if whole else -ENOMEM)
        else:  # what lies before the first hole is changed (F70)
            before = list(takewhile(pages.__contains__, touched))
            for page in before:
                pages[page][0] = rest[1]
            results.append(0 if len(before) == len(touched) else -ENOMEM)
    return results, {page: value for page, (prot, value, _) in pages.items() if prot}


# Appends a0 to the list at s0.
NOTE = "note: sd a0, 0(s0)\naddi s0, s0, 8\nret\n"
COPY = "copied: .space 8\nlist: .space 4096"


def code_of(program):
    """The assembly of the steps, each of which notes its result."""
    text = ""
    for what, *rest in program:
        if what == "store":
            text += call("read", 0, BASE + rest[0] * PAGE, 1)
        elif what == "child":
            text += fork(f"li t0, {CHILDS}\nli t1, {BASE + rest[0] * PAGE}\nsb t0, 0(t1)\n") + "li a0, 0\n"
        else:
            first, end = rest[0]
            where = (BASE + first * PAGE, (end - first) * PAGE)
            if what == "map":
                text += call("mmap", *where, rest[1], rest[2] | FIXED | ANONYMOUS, -1, 0)
            elif what == "unmap":
                text += call("munmap", *where)
            elif what == "advise":  # what Linux says to a collapse is tested with other steps
                text += call("madvise", *where, rest[1]) + ("li a0, 0\n" if rest[1] == COLLAPSE else "")
            else:
                text += call("mprotect", *where, rest[1])
        text += "jal note\n"
    return text


def tried(pages):
    """The code that tells for each page whether its first byte can be loaded; the byte goes out alone, by `write`."""
    return "".join(call("write", 1, BASE + page * PAGE, 1) + "jal note\n" for page in pages)


def try_all(program, forked, pages=range(PAGES), **machine):
    """Run the steps and try every page, in a child if `forked`: taking its regions down must leak nothing either."""
    body = code_of(program) + tried(pages) + f"la t0, list\nsub s3, s0, t0\n{call('write', 1, '=list', 's3')}"
    text = "la s0, list\n" + (fork(body) if forked else body)
    count = sum(step[0] == "store" for step in program)
    return run(text + leave(0) + NOTE, COPY, stdin=bytes(range(1, count + 1)), **machine)


def compare(program, result, pages=range(PAGES)):
    """Fail where the result of a step, or what a page holds in the end, is not as expected."""
    results, found = expected_of(program)
    loaded = bytes(found[page] for page in pages if page in found)
    assert result.out[: len(loaded)] == loaded
    result.out = result.out[len(loaded) :]
    told = words(result)
    assert told[: len(results)] == results
    assert told[len(results) :] == [1 if page in found else -EFAULT for page in pages]
    assert result.exit_status == 0


@settings(max_examples=60)
@given(st.lists(steps, min_size=3, max_size=16), st.booleans())
def test_pages_mapped_cut_and_protected_at_random_are_there_just_where_they_should_be(program, forked):
    compare(program, try_all(program, forked))


@pytest.mark.parametrize(
    "machine",
    [
        {"huge": "always"},
        {"huge": "madvise", "paging": "x86-64"},
        {"huge": "always", "paging": "x86-64", "fork": "cow-stack"},
        {"huge": "always", "tlb": "adversarial"},
        {"huge": "madvise", "fork": "shared-tables"},
        {"huge": "always", "fork": "shared-tables", "paging": "x86-64", "tlb": "adversarial"},
        {"huge": "never", "fork": "shared-tables", "paging": "arm64", "harts": 2, "flush": "ceiling:33+latr+lazy"},
        {"huge": "always", "harts": 2, "flush": "ceiling:33+latr+lazy"},
        {"huge": "always", "memory": "10MiB", "fork": "eager"},
        {"huge": "never"},
    ],
    ids=str,
)
@settings(max_examples=8)
@given(st.lists(huge_steps, min_size=4, max_size=14), st.booleans())
def test_F110_F116_memory_holds_the_same_whatever_the_size_of_its_pages(machine, program, forked):
    machine = {"memory": "64MiB"} | machine
    compare(program, try_all(program, forked, PLACES, **machine), PLACES)
