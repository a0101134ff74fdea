"""The event buffer: what happened, to whom, at what cost; `drive` stops for Python to empty it before it is full."""

from emulator.base.jit import hot
from emulator.base.names import Cost
from emulator.hardware.state import INVALIDATIONS
from emulator.kernel.state import EVENT_CAPACITY

MARGIN = 64  # events that Python adds between two looks at the buffer stay below this
INVALIDATION_MARGIN = INVALIDATIONS // 4  # one system call makes fewer
COSTS = len(Cost)


@hot
def has_room(kernel):
    """Return whether the buffers take the events and invalidations of one more stretch."""
    return kernel.events < EVENT_CAPACITY - MARGIN and ledger_has_room(kernel)


@hot
def ledger_has_room(kernel):
    """Return whether the ledger takes the invalidations of one more stretch."""
    return kernel.invalidations - kernel.collected < INVALIDATIONS - INVALIDATION_MARGIN


@hot
def begin(kernel, hart):
    """Return the next event of the buffer, its costs counting from now; `finish` keeps it."""
    event = kernel.event[kernel.events]
    event.cycle = hart.clock
    event.hart = hart.number
    event.pid = hart.pid
    event.tid = hart.tid
    event.image = hart.image
    event.pc = hart.pc
    event.va = 0
    event.access, event.fault, event.found = 0, 0, 0
    event.pte_before, event.pte_after = 0, 0
    event.region_start, event.region_end, event.region_prot = 0, 0, 0
    event.region_shared, event.region_kind = 0, 0
    event.frame_before, event.frame_after, event.owners = 0, 0, 0
    event.pages, event.value, event.usercopy = 0, 0, kernel.usercopy
    event.restart_found, event.restart_reads = 0, 0
    event.sharers[:] = 0
    event.arguments[:] = 0
    event.invalidation = kernel.invalidations
    for cost in range(COSTS):
        kernel.cost_before[cost] = hart.cost[cost]
    return event


@hot
def finish(kernel, hart, event, kind):
    """Keep the event that `begin` returned as one of `kind`, with the cycles booked since."""
    event.kind = kind
    for cost in range(COSTS):
        event.cost[cost] = hart.cost[cost] - kernel.cost_before[cost]
        hart.told[cost] += event.cost[cost]
    event.invalidations = kernel.invalidations - event.invalidation
    kernel.events += kernel.recording


@hot
def take_over(kernel, hart):
    """Note that the kernel begins to work on the hart: what no event tells of it so far, the program did itself."""
    for cost in range(COSTS):
        hart.own[cost] = hart.cost[cost] - hart.told[cost]
    hart.first = kernel.invalidations


@hot
def begin_at_entry(kernel, hart):
    """Return an event as `begin` does, its costs being those since `take_over` that no event has told."""
    event = begin(kernel, hart)
    event.invalidation = hart.first
    for cost in range(COSTS):
        kernel.cost_before[cost] = hart.own[cost] + hart.told[cost]
    return event
