"""The block copy: one instruction, as many accesses as it takes, and a Fault between any two of them (F52)."""

from emulator.base.jit import hot
from emulator.base.names import Cost, Counter, Fault, Price
from emulator.hardware.access import load, load_use, store
from emulator.hardware.accounts import book
from emulator.hardware.meaning.teaching import bcopy


@hot
def copy_block(world, hart, target, source, length):
    """Copy bytes, a chunk at a time, until done or refused (F52).

    `target`, `source` and `length` are register numbers, and advance with each chunk: what they show after a Fault is
    where the instruction goes on. Return the Fault.
    """
    regs = hart.regs
    while regs[length] != 0:
        chunk = bcopy(regs[target], regs[source], regs[length])
        fault = load(world, hart, regs[source], chunk)
        if fault == Fault.NONE:
            fault = store(world, hart, regs[target], hart.value, chunk)
        if fault != Fault.NONE:
            return fault
        hart.count[Counter.LOADS] += 1
        hart.count[Counter.STORES] += 1
        book(hart, Cost.BASE, world.chip.price[Price.BASE])
        book(hart, Cost.LOAD_USE, load_use(world))
        regs[target] += chunk
        regs[source] += chunk
        regs[length] -= chunk
    return Fault.NONE
