"""True LRU in a set: its entries stand in the order of their last use, the most recent first, the empty ones last.

So the first entry is the one that a hit leaves unchanged, and the last one gives way.

There are two ways to look for a cache's tag, with one outcome. `use_next` goes from way to way and stops where the tag
is: right where that is near the front, as in L1i. `use_any` compares and moves all ways at once, by vector
instructions: right where it is deep or absent, as that of data which are not in what their set of L1d had last.
"""

from emulator.base.bits import at
from emulator.base.jit import hot


@hot
def use_next(tags, first, ways, tag):
    """Put `tag` in front of the set that begins at `first`; return 1 if it was held, else 0: the last one is gone."""
    previous = tags[at(first)]
    if previous == tag:
        return 1
    tags[at(first)] = tag
    for entry in range(first + 1, first + ways):
        here = tags[at(entry)]
        tags[at(entry)] = previous
        if here == tag:
            return 1
        previous = here
    return 0


@hot
def use_any(tags, first, ways, tag):
    """As `use_next`; compiled code compares all ways at once (`hardware/lines.py`)."""
    return use_next(tags, first, ways, tag)


@hot
def put_first(tlb, key, word, first, entry):
    """Put a translation in front of its set; those before `entry` move one back, what stood at `entry` is gone.

    Compiled code moves all ways at once (`hardware/ways.py`).
    """
    put_next(tlb, key, word, first, entry)


@hot
def put_next(tlb, key, word, first, entry):
    """As `put_first`, from way to way."""
    while entry > first:
        tlb.key[at(entry)] = tlb.key[at(entry - 1)]
        tlb.word[at(entry)] = tlb.word[at(entry - 1)]
        entry -= 1
    tlb.key[at(first)] = key
    tlb.word[at(first)] = word


@hot
def fill_first(tlb, key, word, first):
    """As `put_first`, where what stands last is gone."""
    put_first(tlb, key, word, first, first + tlb.ways - 1)


@hot
def close_up(tlb, entry, last):
    """Take out the translation at `entry`; those behind it, to the end of the set at `last`, move one forward."""
    while entry < last:
        tlb.key[at(entry)] = tlb.key[at(entry + 1)]
        tlb.word[at(entry)] = tlb.word[at(entry + 1)]
        entry += 1
    tlb.word[at(last)] = 0
