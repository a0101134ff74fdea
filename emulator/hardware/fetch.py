"""Instruction fetch, a cache line at a time: the instruction TLB and L1i are asked when the hart enters a line.

What was fetched stays known as a *window*: consecutive lines that lie each in front of its set of L1i, on pages whose
entries lie each in front of its set of the instruction TLB. To enter one of them changes nothing but a count, so that a
loop runs as fast across lines, and across pages, as inside one.
"""

from emulator.base.bits import address_of, at, key_of, offset_of, page_of, vpn_of
from emulator.base.jit import hot, rare
from emulator.base.names import Access, Counter
from emulator.hardware.cache import unchanged_by_a_hit, wait_for_code
from emulator.hardware.decode import RUN, decoded_page
from emulator.hardware.translation.mmu import translate
from emulator.hardware.translation.tlb import unchanged_by_a_hit as unchanged_in_tlb
from emulator.world.chip import DECODED_PAGES, INSTRUCTIONS_PER_PAGE
from emulator.world.hart import NO_LINE

IN_LINE = 0x3C  # the address bits that step through a line
APART = 61  # slots of decoded pages between two programs at the same addresses, so that they leave each other in peace
WIDEST = 64  # lines of a window: those of a page, which fall into different sets, or into as many as there are


@rare
def fetch(world, hart, pc):
    """Enter the line of `pc`: translate, bring it into L1i; return 0, or minus the Fault."""
    hart.count[Counter.TLB_L1I_ACCESSES] += 1
    same_page = hart.fetch_line != NO_LINE and page_of(pc) == page_of(hart.fetch_line)
    if same_page and pc & 3 == 0 and hart.settles == 1:
        place = page_of(hart.fetch_pa) | offset_of(pc)  # still the page fetched from last, whose entry is first
    else:
        place = translate(world, hart, pc, Access.FETCH)
        if place < 0:
            hart.fetch_line = NO_LINE
            return place
    if not unchanged_by_a_hit(hart.l1i, place):
        wait_for_code(world, hart, place)
    hart.fetch_line = pc & ~(IN_LINE | 3)
    hart.fetch_pa = place & ~(IN_LINE | 3)
    return 0


@hot
def code_offset(world, hart):
    """Return what to add to `pc >> 2` for the index in `chip.code` of the instruction at pc in the fetched line.

    Pages of a program are decoded into slots in the order of their addresses: where one ends, the next begins.
    """
    slot = (vpn_of(hart.fetch_line) + APART * hart.image) % DECODED_PAGES
    return decoded_page(world, slot, hart.fetch_pa) - (page_of(hart.fetch_line) >> 2)


@rare
def stand_in(world, hart, line, offset):
    """Let the line be fetched last that begins at index `line` of `chip.code`, `offset` away from its address."""
    hart.fetch_line = (line - offset) << 2
    frame = world.chip.decoded[at(line // INSTRUCTIONS_PER_PAGE)] - 1
    hart.fetch_pa = address_of(frame) | offset_of(hart.fetch_line)


@hot
def widest(hart):
    """Return how many instructions a window may have."""
    if hart.settles == 0:
        return RUN
    return min(WIDEST, hart.l1i.sets) * RUN


@rare
def joins(hart, line, neighbour, offset):
    """Return whether the line fetched last, at index `line`, and the one at `neighbour` may be in one window.

    Lines of one page may. Those of two pages may if their entries lie in front of two sets of the TLB, and their lines
    fall into as many sets of L1i as those of one page do.
    """
    one, other = page_of((line - offset) << 2), page_of((neighbour - offset) << 2)
    if one == other:
        return True
    if hart.l1i.set_mask < 0 or hart.itlb.set_mask < 1:
        return False
    key = key_of(other, hart.asid_bits)
    return unchanged_in_tlb(hart.itlb, key, 0)
