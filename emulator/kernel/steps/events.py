"""The event buffer: what happened, to whom, at what cost; `drive` stops for Python to empty it before it is full."""

from emulator.base.jit import hot
from emulator.base.names import Cost, Reason
from emulator.kernel.memory.frame_log import frame_log_has_room
from emulator.world.invalidation import INVALIDATIONS
from emulator.world.log import EVENT_CAPACITY

MARGIN = 64  # events that Python adds between two looks at the buffer stay below this
INVALIDATION_MARGIN = INVALIDATIONS // 4  # one system call makes fewer
COSTS = len(Cost)


@hot
def has_room(world):
    """Return whether the buffers take the events and invalidations of one more stretch."""
    return world.log.events < EVENT_CAPACITY - MARGIN and ledger_has_room(world) and frame_log_has_room(world)


@hot
def ledger_has_room(world):
    """Return whether the ledger takes the invalidations of one more stretch."""
    return world.ledger.rows - world.ledger.collected < INVALIDATIONS - INVALIDATION_MARGIN


@hot
def begin(world, hart):
    """Return the next event of the buffer, its costs counting from now; `finish` keeps it."""
    task = world.task[hart.number]
    event = world.log.event[world.log.events]
    event.cycle = hart.clock
    event.hart = hart.number
    event.pid = task.pid
    event.tid = task.tid
    event.image = hart.image
    event.pc = hart.pc
    event.va = 0
    event.access, event.fault, event.found = 0, 0, 0
    event.pte_before, event.pte_after = 0, 0
    event.region_start, event.region_end, event.region_prot = 0, 0, 0
    event.region_shared, event.region_kind = 0, 0
    event.frame_before, event.frame_after, event.owners = 0, 0, 0
    event.pages, event.value, event.tables, event.usercopy = 0, 0, 0, world.log.usercopy
    event.restart_found, event.restart_reads = 0, 0
    event.sharers[:] = 0
    event.arguments[:] = 0
    event.invalidation = world.ledger.rows
    for cost in range(COSTS):
        world.log.cost_before[cost] = hart.cost[cost]
    return event


@hot
def finish(world, hart, event, kind):
    """Keep the event that `begin` returned as one of `kind`, with the cycles booked since."""
    task = world.task[hart.number]
    event.kind = kind
    for cost in range(COSTS):
        event.cost[cost] = hart.cost[cost] - world.log.cost_before[cost]
        task.told[cost] += event.cost[cost]
    event.invalidations = world.ledger.rows - event.invalidation
    event.reclaimed = world.reclaim.pages - world.reclaim.told
    world.reclaim.told = world.reclaim.pages
    world.log.events += world.log.recording
    control = world.control
    control.countdown -= 1
    if (control.countdown == 0 or control.kinds >> kind & 1) and control.came == Reason.NONE:
        control.came, control.hart = Reason.EVENT, hart.number


@hot
def take_over(world, hart):
    """Note that the kernel begins to work on the hart: what no event tells of it so far, the program did itself."""
    task = world.task[hart.number]
    for cost in range(COSTS):
        task.own[cost] = hart.cost[cost] - task.told[cost]
    task.first = world.ledger.rows


@hot
def is_all_told(world, hart):
    """Return whether the hart has paid nothing since `take_over` that no event tells."""
    task = world.task[hart.number]
    left = 0
    for cost in range(COSTS):
        left += hart.cost[cost] - task.told[cost] - task.own[cost]
    return left == 0


@hot
def begin_at_entry(world, hart):
    """Return an event as `begin` does, its costs being those since `take_over` that no event has told."""
    task = world.task[hart.number]
    event = begin(world, hart)
    event.invalidation = task.first
    for cost in range(COSTS):
        world.log.cost_before[cost] = task.own[cost] + task.told[cost]
    return event
