"""Handlers: how a thread comes to run one, and how it goes on after it (Linux, `arch/riscv/kernel/signal.c`).

The frame is written through the fault road, so it breaks sharing as a store does (F66).
"""

from typing import Protocol

from emulator.base.names import Cost, Counter, Event, Price
from emulator.kernel.processes import frame
from emulator.kernel.processes.altstack import NO_STACK, SS_AUTODISARM, AltStack
from emulator.kernel.processes.process import Thread
from emulator.kernel.processes.siginfo import Info
from emulator.kernel.processes.signals import ALWAYS, SA_NODEFER, SA_ONSTACK, SA_RESETHAND, Disposition, bit_of
from emulator.kernel.service.served import A0, REGISTERS, SP, ServedHart
from emulator.kernel.service.usercopy import BadAddress, UserMemory

RA, A1, A2 = 1, 11, 12


class Machine(Protocol):
    """What handlers need: the hart being served, and the memory of who runs there."""

    hart: ServedHart
    user: UserMemory


def begin(machine: Machine, thread: Thread, info: Info, wish: Disposition) -> bool:
    """Let the running `thread` go on in the handler that `wish` names; False: its frame cannot be written."""
    hart, process = machine.hart, thread.process
    kept = thread.blocked if thread.saved_mask is None else thread.saved_mask
    sp = hart.register(SP)
    if wish.flags & SA_ONSTACK and thread.stack.size and not thread.stack.holds(sp):
        sp = thread.stack.start + thread.stack.size
    address = (sp - frame.FRAME_BYTES) & ~15
    if thread.stack.holds(sp) and not thread.stack.holds(address):
        return False
    content = frame.Frame(hart.pc, hart.registers, kept, thread.stack.kept).packed(info.packed)
    try:
        machine.user.write(address, content)
    except BadAddress:
        return False
    if thread.stack.flags & SS_AUTODISARM:
        thread.stack = NO_STACK
    if wish.flags & SA_RESETHAND:
        process.dispositions[info.signal] = wish._replace(handler=0)
    thread.saved_mask = None
    thread.blocked |= wish.mask & ~ALWAYS
    if not wish.flags & SA_NODEFER:
        thread.blocked |= bit_of(info.signal)
    at = hart.pc
    hart.redirect(wish.handler)
    for register, value in (
        *((RA, process.trampoline), (SP, address)),
        *((A0, info.signal), (A1, address), (A2, address + frame.CONTEXT)),
    ):
        hart.registers[register] = value
    hart.count(Counter.SIGNAL_DELIVERED)
    hart.pay(Cost.KERNEL_SIGNAL, Price.SIGNAL_DELIVER)
    hart.note(Event.HANDLER, pages=info.signal, value=wish.handler, va=info.va, pc=at)
    hart.last_event["arguments"][:3] = info.code, address, thread.tid
    return True


def end(machine: Machine, thread: Thread) -> bool:
    """Let the running `thread` go on as the frame at its stack pointer says (rt_sigreturn); False: there is none."""
    hart = machine.hart
    try:
        found = frame.unpacked(machine.user.read(hart.register(SP), frame.FRAME_BYTES))
    except BadAddress:
        return False
    if found is None:
        return False
    thread.blocked = found.blocked & ~ALWAYS
    hart.redirect(found.pc)
    hart.registers[1:REGISTERS] = found.registers[1:]
    stack = thread.stack.changed(found.stack, hart.register(SP))
    if isinstance(stack, AltStack):
        thread.stack = stack
    hart.pay(Cost.KERNEL_SIGNAL, Price.SIGNAL_RETURN)
    return True
