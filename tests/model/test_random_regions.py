"""Random mmap, munmap and mprotect of a few pages against a dictionary of them: regions are cut and joined rightly.

Each page is tried through system calls, which say EFAULT where a program would die: `write` loads its first byte,
`read` stores one.
"""

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

ranges = st.tuples(st.integers(0, PAGES - 1), st.integers(1, 4)).map(lambda pair: (pair[0], min(sum(pair), PAGES)))
rights = st.sampled_from([0, PROT_READ, PROT_WRITE, READ_WRITE])
steps = st.one_of(
    st.tuples(st.just("map"), ranges, rights, st.sampled_from([SHARED, PRIVATE])),
    st.tuples(st.just("unmap"), ranges),
    st.tuples(st.just("protect"), ranges, rights),
    st.tuples(st.just("store"), st.integers(0, PAGES - 1)),
    st.tuples(st.just("store"), st.integers(0, PAGES - 1)),
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
        touched = range(*rest[0])
        if what == "map":
            pages |= {page: [rest[1], 0] for page in touched}
            results.append(BASE + rest[0][0] * PAGE)
        elif what == "unmap":
            for page in touched:
                pages.pop(page, None)
            results.append(0)
        elif all(page in pages for page in touched):
            for page in touched:
                pages[page][0] = rest[1]
            results.append(0)
        else:
            results.append(-ENOMEM)
    return results, {page: value for page, (prot, value) in pages.items() if prot}


# Appends a0 to the list at s0.
NOTE = "note: sd a0, 0(s0)\naddi s0, s0, 8\nret\n"
COPY = "copied: .space 8\nlist: .space 4096"


def code_of(program):
    """The assembly of the steps, each of which notes its result."""
    text = "la s0, list\n"
    for what, *rest in program:
        if what == "store":
            text += call("read", 0, BASE + rest[0] * PAGE, 1)
        else:
            first, end = rest[0]
            where = (BASE + first * PAGE, (end - first) * PAGE)
            if what == "map":
                text += call("mmap", *where, rest[1], rest[2] | FIXED | ANONYMOUS, -1, 0)
            elif what == "unmap":
                text += call("munmap", *where)
            else:
                text += call("mprotect", *where, rest[1])
        text += "jal note\n"
    return text


# For each page: whether its first byte can be loaded, then the byte. The byte goes out alone, by a write of its own.
TRY = f"li s1, {BASE}\nli s2, {PAGES}\n1: {call('write', 1, 's1', 1)}jal note\nli t0, 4096\nadd s1, s1, t0\n"
TRY += "addi s2, s2, -1\nbnez s2, 1b\n"


def try_all(program, forked):
    """Run the steps and try every page, in a child if `forked`: taking its regions down must leak nothing either."""
    body = code_of(program) + TRY + f"la t0, list\nsub s3, s0, t0\n{call('write', 1, '=list', 's3')}"
    text = fork(body) if forked else body
    count = sum(step[0] == "store" for step in program)
    return run(text + leave(0) + NOTE, COPY, stdin=bytes(range(1, count + 1)))


@settings(max_examples=60)
@given(st.lists(steps, min_size=3, max_size=16), st.booleans())
def test_pages_mapped_cut_and_protected_at_random_are_there_just_where_they_should_be(program, forked):
    result = try_all(program, forked)
    results, pages = expected_of(program)
    loaded = bytes(pages[page] for page in sorted(pages))
    assert result.out[: len(loaded)] == loaded
    result.out = result.out[len(loaded) :]
    found = words(result)
    assert found[: len(results)] == results
    assert found[len(results) :] == [1 if page in pages else -EFAULT for page in range(PAGES)]
    assert result.exit_status == 0
