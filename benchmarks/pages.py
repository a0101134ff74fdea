"""Copying simulated pages, beside numpy copying the same pages.

hot    the same two pages again and again
cold   65,536 pages of 256 MiB to as many others, in an order that no prefetcher follows

numpy is called once a page; what the calls themselves take, measured by copying one word instead, is taken off.
"""

import time
from functools import cache

import numpy as np
import numpy.typing as npt

from emulator.base.bits import PAGE_BYTES, PAGE_WORDS
from emulator.base.blocks import allocate
from emulator.base.jit import hot_entry
from emulator.base.names import Cost
from emulator.config import Config
from emulator.hardware.accounts import book
from emulator.hardware.build import build
from emulator.hardware.memory import copy_page
from emulator.kernel.memory.frames import lines_cost
from emulator.native.engine import COMPILED, Engine

PAGES = 65536
HALF = PAGES * PAGE_WORDS
STEP = 40503  # odd, so that its multiples visit all 2**16 pages


@hot_entry
def copy_pages(world, pages, step, mask):
    """Copy `pages` pages of the first half of memory into the second, both moving by `step` under `mask`."""
    for i in range(pages):
        source = (i * step) & mask
        target = (i * step + 4099) & mask
        copy_page(world, source * PAGE_BYTES, (target + PAGES) * PAGE_BYTES)


@hot_entry
def copy_pages_through_caches(world, pages, step, mask):
    """Do what `copy_pages` does, each line of both pages going through the simulated caches, as in a simulated copy."""
    for i in range(pages):
        source = (i * step) & mask
        target = ((i * step + 4099) & mask) + PAGES
        copy_page(world, source * PAGE_BYTES, target * PAGE_BYTES)
        hart = world.hart[0]
        book(hart, Cost.KERNEL_COPY, lines_cost(world, hart, source) + lines_cost(world, hart, target))


@cache
def memory() -> npt.NDArray[np.int64]:
    """512 MiB, all of it touched: word 0 of page n holds n."""
    words = allocate(2 * PAGES * PAGE_BYTES)
    words[:] = 1
    words[::PAGE_WORDS] = np.arange(2 * PAGES)
    return words


def order(count: int, cold: bool) -> list[tuple[int, int]]:
    """Return the (source, target) pages of `count` copies, as `copy_pages` goes through them."""
    step, mask = (STEP, PAGES - 1) if cold else (0, 0)
    return [((i * step) & mask, ((i * step + 4099) & mask) + PAGES) for i in range(count)]


def ours(count: int, cold: bool, caches: bool) -> float:
    """Return nanoseconds a page of `count` copies by the emulator, with or without the accounting of its caches."""
    words = memory()
    step, mask = (STEP, PAGES - 1) if cold else (0, 0)
    world = build(Config.make(memory="512MiB"), words)
    Engine(world, COMPILED, modules=(__name__,))
    copy = copy_pages_through_caches if caches else copy_pages
    copy(world, 1, step, mask)
    start = time.process_time()
    copy(world, count, step, mask)
    seconds = time.process_time() - start
    source, target = order(count, cold)[-1]
    assert (words.reshape(-1, PAGE_WORDS)[target] == words.reshape(-1, PAGE_WORDS)[source]).all()
    return seconds / count * 1e9


@cache
def views(count: int, cold: bool, words: int) -> list[tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]]:
    """Return (target, source) views of the first `words` words of the pages to copy."""
    pages = memory().reshape(-1, PAGE_WORDS)
    return [(pages[target, :words], pages[source, :words]) for source, target in order(count, cold)]


def numpys(count: int, cold: bool) -> float:
    """Return nanoseconds a page of `count` copies by numpy, the calls themselves taken off."""
    return (_copyto(views(count, cold, PAGE_WORDS)) - _copyto(views(count, False, 1))) / count * 1e9


def _copyto(pairs: list[tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]]) -> float:
    copyto = np.copyto
    start = time.process_time()
    for target, source in pairs:
        copyto(target, source)
    return time.process_time() - start
