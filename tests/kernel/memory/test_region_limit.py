"""How many regions an address space may have: 65,530, as on Linux (vm.max_map_count)."""

import pytest

from tests.running import ANONYMOUS, PAGE, PRIVATE, PROT_READ, SHARED, call, fork, mmap, run, show, words

ENOMEM = 12
ANON = PRIVATE | ANONYMOUS


def cut(pages, call_of_one, flags=ANON):
    """Cut every other one of `pages` pages until that fails; s2 has the last result, s1 the page, s0 the mapping."""
    text = f"{mmap(pages * PAGE, flags=flags)}mv s0, a0\nmv s1, a0\nli s3, 8192\nli s5, {pages // 2}\n"
    return text + f"1: {call_of_one}mv s2, a0\nbnez s2, 2f\nadd s1, s1, s3\naddi s5, s5, -1\nbnez s5, 1b\n2:\n"


PROTECT = call("mprotect", "s1", PAGE, PROT_READ)


@pytest.mark.parametrize("flags", [ANON, SHARED | ANONYMOUS])
@pytest.mark.parametrize("one", [PROTECT, call("munmap", "s1", PAGE)], ids=["mprotect", "munmap"])
def test_a_mapping_may_be_cut_into_hundreds_of_regions(one, flags):
    store = "li t1, 4096\nadd t1, t1, s0\nli t0, 5\nsd t0, 0(t1)\nld s4, 0(t1)\n"
    text = cut(600, one, flags) + show("s2") + fork(store + show("s4"))
    assert words(run(text)) == [0, 5]


@pytest.mark.slow
def test_the_cut_beyond_65530_regions_is_enomem_and_leaves_all_as_it_was():
    text = cut(131_080, PROTECT) + "li t0, 5\nsd t0, 0(s1)\nld s4, 0(s1)\n" + show("s2", "s4")
    result = run(text, max_instructions=10_000_000)
    assert words(result) == [-ENOMEM, 5]
    assert result.counters["syscall.total"] > 32_000
