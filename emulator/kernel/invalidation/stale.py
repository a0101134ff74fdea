"""The stale-entry checker: which TLB entries a change of PTEs makes stale, and what their use means (F45).

An entry is *stale* when it grants what its PTE does not, or maps another frame. Every kernel step that has changed PTEs
calls `suspect_stale` before it flushes: the entries are searched and suspected then, so that a hit has nothing to
check. What is noted of a suspect is who changed the PTE, when, and the number of the invalidation that is to cover it:
the next to begin.

A hart that is about to use a suspect entry comes to `judge` first, and goes on as it would have done. The use is

    harmless    when the PTE grants this access too: a load, where the right to store is what was taken away
    allowed     while that invalidation is under way or postponed (its row is open) and the frame is still held
    a mistake   else: no invalidation reached the entry, or the page's frame was given back before one did

An entry that grants less than its PTE is not stale: it leads to a spurious fault (F42).
"""

from typing import NamedTuple

from emulator.base.bits import (
    KEY_PAGE,
    STALE,
    D,
    R,
    U,
    V,
    W,
    X,
    asid_bits_of,
    at,
    frame_in,
    key_of,
    make_stale,
    make_valid,
    page_address,
    page_of,
    rights_in,
    same_asid,
)
from emulator.base.jit import hot
from emulator.base.names import Counter, FlushCause
from emulator.hardware.memory import read_word
from emulator.hardware.translation.mmu import NO_LINE, NO_PAGE
from emulator.hardware.translation.tlb import set_of
from emulator.kernel.invalidation.ledger import is_open
from emulator.kernel.invalidation.mask import BITS, has
from emulator.kernel.invalidation.ranges import WHOLE, Range, page_in
from emulator.kernel.memory.page_table import ABSENT, leaf_frame, leaf_place, lets_through, maps
from emulator.paging import format as paging
from emulator.world.checker import STALE_ROWS, SUSPECT_SETS, SUSPECT_WAYS
from emulator.world.memory import MASK_WORDS

GRANTS = R | W | X | U | D
FEW = 64  # pages up to which looking up each is faster than looking through a TLB
UNKNOWN = -1
HELD, GIVEN_BACK, HANDED_OUT = 0, 1, 2  # what has become of a frame
SPREAD = 613  # between the sets of the same page's suspects on neighbouring harts


class Change(NamedTuple):
    """What makes entries stale: hart number `hart` has changed PTEs of `span`, because of `cause` (`FlushCause`)."""

    hart: int
    span: Range
    cause: int


@hot
def suspect_stale(world, hart, span, cause):
    """Suspect the entries of a range that their PTEs no longer grant.

    `hart` has just changed the PTEs, because of `cause`. Entries that their PTEs grant again are suspected no more.
    """
    space = world.space[span.space]
    if world.checker.on == 0 or space.asid_generation != world.asids.generation:
        return
    change = Change(hart.number, span, cause)
    for word in range(MASK_WORDS):
        if space.holders[word] == 0:
            continue
        for h in range(word * BITS, min((word + 1) * BITS, world.chip.harts)):
            if has(space.holders, h):
                target = world.hart[h]
                look_through(world, target, target.itlb, change)
                look_through(world, target, target.dtlb, change)
                look_through(world, target, target.stlb, change)
                if target.flight == 1:
                    look_at_flight(world, target, change)


@hot
def look_through(world, target, tlb, change):
    """Look at each entry of the range in one TLB of `target`. The kernel makes 4 KiB pages only."""
    span = change.span
    asid_bits = asid_bits_of(world.space[span.space].asid)
    if span.pages == WHOLE or span.pages > FEW:
        for entry in range(tlb.sets * tlb.ways):
            key, word = tlb.key[at(entry)], tlb.word[at(entry)]
            if word & (V | STALE) != 0 and same_asid(key, asid_bits) and is_of(span, key):
                tlb.word[at(entry)] = reconsider(world, target, key, word, change)
        return
    for i in range(span.pages):
        key = key_of(page_in(span, i), asid_bits)
        first = set_of(tlb, key, 0)
        for entry in range(first, first + tlb.ways):
            if tlb.key[at(entry)] == key and tlb.word[at(entry)] & (V | STALE) != 0:
                tlb.word[at(entry)] = reconsider(world, target, key, tlb.word[at(entry)], change)


@hot
def look_at_flight(world, target, change):
    """Look at what the speculative walk of `target` is going to fill its TLBs with (F21)."""
    key, word, span = target.flight_key, target.flight_word, change.span
    asid_bits = asid_bits_of(world.space[span.space].asid)
    if word & (V | STALE) != 0 and same_asid(key, asid_bits) and is_of(span, key):
        target.flight_word = reconsider(world, target, key, word, change)


@hot
def is_of(span, key):
    """Return whether the page of a TLB key is of a range."""
    return span.pages == WHOLE or 0 <= (key & KEY_PAGE) - key_of(span.start, 0) < span.pages


@hot
def reconsider(world, target, key, word, change):
    """Return the word of an entry of `target`, suspect if it is stale, suspected no more if it is not."""
    place = leaf_place(world, target, world.space[change.span.space].root, page_address(key))
    pte = 0 if place == ABSENT else read_word(world, place)
    if not grants_more(target, word, pte):
        return make_valid(word)
    if word & STALE == 0:
        target.suspected = 1
        note_suspect(world, target, key, word, pte, change)
        return make_stale(word)
    # the first change is the one that lacked its flush
    world.checker.suspect[suspect_place(world, target.number, key)].pte = pte
    return word


@hot
def grants_more(hart, word, pte):
    """Return whether a TLB word grants what `pte` does not, or maps another frame."""
    same = maps(hart, pte) and leaf_frame(hart, pte) == frame_in(word)
    return not same or word & ~paging.rights_of(hart, pte) & GRANTS != 0


@hot
def suspect_place(world, h, key):
    """Return where an entry of hart number `h` is noted as a suspect, or else the suspect that a new one replaces."""
    first = (((key & KEY_PAGE) + h * SPREAD) & (SUSPECT_SETS - 1)) * SUSPECT_WAYS
    oldest = first
    for place in range(first, first + SUSPECT_WAYS):
        suspect = world.checker.suspect[place]
        if suspect.made != 0 and suspect.key == key and suspect.hart == h:
            return place
        if suspect.made < world.checker.suspect[oldest].made:
            oldest = place
    return oldest


@hot
def note_suspect(world, target, key, word, pte, change):
    """Note that `change` has made an entry of `target` stale."""
    suspect = world.checker.suspect[suspect_place(world, target.number, key)]
    hart, cause = world.hart[change.hart], change.cause
    world.checker.suspects += 1
    suspect.made, suspect.hart, suspect.key = world.checker.suspects, target.number, key
    suspect.word, suspect.pte = word, pte
    suspect.writer, suspect.image, suspect.cycle, suspect.cause = hart.number, hart.image, hart.clock, cause
    suspect.pc = hart.pc - 4 if in_call(world, cause) else hart.pc
    suspect.number, suspect.taken, suspect.row = world.ledger.rows, world.allocator.allocated, 0


@hot
def in_call(world, cause):
    """Return whether a kernel step is part of a system call: PC is past its ECALL then."""
    return (
        world.log.usercopy == 1
        or cause == FlushCause.UNMAP
        or cause == FlushCause.REPLACE
        or cause == FlushCause.PROTECT
        or cause == FlushCause.FORK
        or cause == FlushCause.DISCARD
        or cause == FlushCause.EXIT
    )


@hot
def judge(world, hart):
    """Decide what the use of a stale entry means that `hart` stands before, and let it pass."""
    task = world.task[hart.number]
    va, word = hart.fault_va, hart.fault_word
    hart.passed[1] = hart.passed[0]
    hart.passed[0] = page_of(va)
    key = key_of(va, hart.asid_bits)
    suspect = world.checker.suspect[suspect_place(world, hart.number, key)]
    known = suspect.made != 0 and suspect.key == key and suspect.hart == hart.number
    if known and is_harmless(hart, word, suspect.pte):
        return
    if known:
        freed = state_of_frame(world, frame_in(word), suspect.taken)
        late = task.owed == 1 or is_open(world, suspect.number)
        allowed = freed == HELD and is_open(world, suspect.number)
    else:  # others have taken its place
        freed, late, allowed = HELD, world.request.tolds > 0, world.request.tolds > 0
    if allowed:
        hart.count[Counter.STALE_WINDOW_USES] += 1
        return
    hart.count[Counter.STALE_USES] += 1
    if known and suspect.row != 0:
        row = world.checker.row[suspect.row - 1]
        row.uses += 1
        row.freed = max(row.freed, freed)
    elif world.checker.rows < STALE_ROWS:
        row = world.checker.row[world.checker.rows]
        world.checker.rows += 1
        describe(world, row, hart, word, late, freed)
        if known:
            suspect.row = world.checker.rows
            name_writer(row, suspect, hart)


@hot
def is_harmless(hart, word, pte):
    """Return whether `pte` grants the access that `hart` is about to make, to the same frame."""
    same = maps(hart, pte) and leaf_frame(hart, pte) == frame_in(word)
    return same and lets_through(hart, pte, hart.fault_access)


@hot
def state_of_frame(world, number, taken):
    """Return what has become of frame `number` since `taken` frames had been handed out; the page of zeros stays."""
    if number < world.allocator.first_frame:
        return HELD
    if world.frame[number].refs == 0:
        return GIVEN_BACK
    return HANDED_OUT if world.frame[number].taken > taken else HELD


@hot
def describe(world, row, hart, word, late, freed):
    """Fill a row with the use itself."""
    task = world.task[hart.number]
    row.hart, row.pid, row.image, row.pc = hart.number, task.pid, hart.image, hart.pc
    row.va, row.access, row.cycle, row.uses = hart.fault_va, hart.fault_access, hart.clock, 1
    row.writer_hart, row.writer_image, row.writer_pc, row.writer_cycle = UNKNOWN, 0, 0, 0
    row.cause, row.number, row.window = FlushCause.UNMAP, UNKNOWN, 0
    row.late, row.frame, row.freed = late, frame_in(word), freed
    row.pte_before, row.pte_after = paging.make_leaf(hart, frame_in(word), rights_in(make_valid(word))), 0


@hot
def name_writer(row, suspect, hart):
    """Fill a row with who changed the PTE."""
    row.writer_hart, row.writer_image = suspect.writer, suspect.image
    row.writer_pc, row.writer_cycle = suspect.pc, suspect.cycle
    row.cause, row.number, row.window = suspect.cause, suspect.number, max(hart.clock - suspect.cycle, 0)
    row.pte_before, row.pte_after = paging.make_leaf(hart, frame_in(suspect.word), rights_in(suspect.word)), suspect.pte


@hot
def forget_passes(hart):
    """Let the next use of a stale entry be judged again."""
    hart.passed[0], hart.passed[1] = NO_PAGE, NO_PAGE


@hot
def fetch_anew(hart):
    """Let the page that is being fetched be looked up again if its entry has become suspect since."""
    if hart.fetch_line == NO_LINE:
        return
    key = key_of(hart.fetch_line, hart.asid_bits)
    first = set_of(hart.itlb, key, 0)
    for entry in range(first, first + hart.itlb.ways):
        if hart.itlb.key[at(entry)] == key and hart.itlb.word[at(entry)] & STALE != 0:
            hart.fetch_line = NO_LINE
