"""ASIDs, and a hart entering an address space under one.

ASIDs are handed out in generations: when they run out, the next generation begins, and every hart drops everything
before it enters a space again; harts that run on meanwhile keep theirs (Linux, arm64 and RISC-V). A machine without
ASIDs drops everything whenever a hart enters another space.
"""

from emulator.base.bits import asid_bits_of
from emulator.base.jit import hot
from emulator.base.names import Cost, FlushCause
from emulator.hardware.access import NOTHING
from emulator.hardware.mmu import NO_LINE
from emulator.hardware.state import NO_SPACE
from emulator.kernel.held import catch_up_at_switch
from emulator.kernel.invalidation.ledger import begin_row
from emulator.kernel.invalidation.local import drop_address_space, drop_everything
from emulator.kernel.invalidation.mask import has, put, take_out


@hot
def enter(kernel, chip, hart, memory, frames, index):
    """Let the hart translate in space `index`, giving it an ASID if it has none of this generation."""
    if kernel.queued > 0:
        catch_up_at_switch(kernel, chip, hart, memory, frames)
    space = kernel.space[index]
    if space.asid_generation != kernel.asid_generation:
        give_asid(kernel, chip, hart, space)
    if hart.flush_pending == 1:
        hart.flush_pending = 0
        begin_row(kernel, chip, hart, 0, 0, FlushCause.ROLLOVER)
        drop_everything(chip, hart, Cost.FLUSH_LOCAL)
    if hart.space != index:
        if kernel.asid_limit == 1 and hart.root != space.root:
            begin_row(kernel, chip, hart, 0, 0, FlushCause.SWITCH)
            drop_everything(chip, hart, Cost.FLUSH_LOCAL)
            if hart.space != NO_SPACE:
                take_out(kernel.space[hart.space].holders, hart.number)
        if kernel.slots > 0:
            take_slot(kernel, chip, hart, index)
    if has(space.behind, hart.number):
        take_out(space.behind, hart.number)
        begin_row(kernel, chip, hart, 0, 0, FlushCause.SWITCH)
        drop_address_space(chip, hart, space.asid, Cost.FLUSH_LOCAL)
    put(space.holders, hart.number)
    hart.space = index
    hart.root = space.root
    hart.asid_bits = asid_bits_of(space.asid)
    hart.fetch_line = NO_LINE
    hart.reservation = NOTHING


@hot
def give_asid(kernel, chip, hart, space):
    """Give `space` an ASID of this generation, or of the next when there is none left."""
    if kernel.asid_limit > 1:
        take_free(kernel)
        if kernel.asid_next >= kernel.asid_limit:
            begin_generation(kernel, chip, hart)
            take_free(kernel)
    space.asid_generation = kernel.asid_generation
    space.asid = kernel.asid_next


@hot
def take_free(kernel):
    """Go on to the next ASID that is nobody's in this generation; it may lie beyond the last."""
    kernel.asid_next += 1
    while is_kept(kernel, kernel.asid_next):
        kernel.asid_next += 1


@hot
def begin_generation(kernel, chip, hart):
    """Begin the next generation of ASIDs; spaces that other harts are running in keep theirs, to its end."""
    kernel.asid_generation += 1
    kernel.asid_next = 0
    kernel.kepts = 0
    for h in range(chip.harts):
        other = chip.hart[h]
        other.flush_pending = 1
        if h != hart.number and other.busy and other.space != NO_SPACE:
            space = kernel.space[other.space]
            space.asid_generation = kernel.asid_generation
            kernel.kept[kernel.kepts] = space.asid
            kernel.kepts += 1


@hot
def is_kept(kernel, asid):
    """Return whether a space has kept `asid` from the generation before; it need not run, nor be there, any more."""
    found = False
    for i in range(kernel.kepts):
        found |= kernel.kept[i] == asid
    return found


@hot
def take_slot(kernel, chip, hart, index):
    """Put space `index` first among those that the hart keeps entries of; one that has no place any more is dropped."""
    previous, place = index + 1, 0
    while place < kernel.slots:
        here = hart.recent[place]
        hart.recent[place] = previous
        if here == index + 1 or here == 0:
            return
        previous = here
        place += 1
    gone = kernel.space[previous - 1]
    if gone.users > 0 and gone.asid_generation == kernel.asid_generation:
        begin_row(kernel, chip, hart, 0, 0, FlushCause.SWITCH)
        drop_address_space(chip, hart, gone.asid, Cost.FLUSH_LOCAL)
        take_out(gone.holders, hart.number)
        take_out(gone.behind, hart.number)
