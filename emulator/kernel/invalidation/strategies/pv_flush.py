"""Paravirtual flush: a virtual processor that its host has preempted is not told; the host flushes for it.

Who: KVM, for its guests (PV_TLB_FLUSH; Li 2017). Host and guest share a word for each virtual processor (of the record
of stolen time): the host says there that this one does not run, the guest that it has to flush, and the host drops all
of its entries before it runs again. A hart with nothing to run does not run either. Hyper-V has a hypercall that tells
the host which processors are to flush. Even page tables may go: who does not run walks nowhere. Not where each virtual
processor has one of its own, which KVM tells its guest (KVM_HINTS_REALTIME): there it spares nothing. What the guest's
look at the word takes has no price here; the host's flush has that of `flush_all`.
"""

from emulator.base.jit import hot
from emulator.hardware.preemption import back_at


@hot
def may_wait(world, hart, space, target):
    """Let harts wait that do not run now, by the clock of `hart`, which tells."""
    return target.busy == 0 or back_at(world, target, hart.clock) > hart.clock
