"""Instruction fetch, a cache line at a time: the instruction TLB and L1i are asked when the hart enters a line."""

from emulator.base.bits import offset_of, page_of
from emulator.base.jit import hot
from emulator.base.names import Access, Counter
from emulator.hardware.cache import in_front, wait_for_code
from emulator.hardware.decode import decoded_page
from emulator.hardware.mmu import NO_LINE, translate

IN_LINE = 0x3C  # the address bits that step through a line; a misaligned pc never matches a line


@hot
def fetch(hart, chip, memory, pc):
    """Enter the line of `pc`: translate, bring it into L1i; return 0, or minus the Fault."""
    hart.count[Counter.TLB_L1I_ACCESSES] += 1
    same_page = hart.fetch_line != NO_LINE and page_of(pc) == page_of(hart.fetch_line)
    if same_page and pc & 3 == 0 and hart.itlb.ways > 0:
        place = page_of(hart.fetch_pa) | offset_of(pc)  # still the page fetched from last, whose entry is first
    else:
        place = translate(hart, chip, memory, pc, Access.FETCH)
        if place < 0:
            hart.fetch_line = NO_LINE
            return place
    if not in_front(hart.l1i, place):
        wait_for_code(hart, chip, place)
    hart.fetch_line = pc & ~(IN_LINE | 3)
    hart.fetch_pa = place
    return 0


@hot
def code_offset(hart, chip, memory):
    """Return what to add to `pc >> 2` for the index in `chip.code` of the instruction at pc in the fetched line."""
    page = decoded_page(chip, memory, hart.fetch_pa)
    return page + (offset_of(hart.fetch_pa) >> 2) - ((hart.fetch_line | (hart.fetch_pa & IN_LINE)) >> 2)


@hot
def address_of_this(hart, packed):
    """Return the address of the decoded instruction `packed`, which has no rs2 and is in the line being fetched.

    Its place in the line was decoded with it: computed from `index`, the compiler would keep a second counter beside
    that one, in the host's stack, and an instruction would take six cycles to count.
    """
    return hart.fetch_line | (((packed >> 24) & 0xFF) << 2)
