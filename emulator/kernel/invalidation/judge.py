"""What the use of a stale entry means (F45): the hart that is about to use a suspect comes here first.

It goes on as it would have done. The use is

    harmless    when memory grants this access too: a load, where the right to store is what was taken away
    allowed     while the kernel's step that made the entry stale waits for the answers of other harts, or has
                postponed what it has to tell them (munmap alone; some strategies let only reads be late), and the
                page's frame is still held and no other frame has its place
    a mistake   else: a row of `result.stale`, with what was done wrong (`Mistake`)

That something is postponed is the one thing that the kernel's own ledger is believed in, and it excuses nothing once
the frame is given back. Who was told of what invalidation is only reported.
"""

from emulator.base.bits import PAGE_BYTES, A, frame_in, key_of, level_key, level_of, page_of, span_start
from emulator.base.jit import hot, rare
from emulator.base.kernel_names import FlushCause, Mistake
from emulator.base.mask import has
from emulator.base.names import Counter, Fault, Reason
from emulator.hardware.checker.granted import NOTHING, granted, same_frame
from emulator.hardware.checker.rows import UNKNOWN, as_pte, has_row, next_row
from emulator.hardware.checker.suspects import ENTRY, suspect_place
from emulator.kernel.invalidation.hooks import postpones, postpones_writable
from emulator.kernel.invalidation.ledger import is_open
from emulator.kernel.invalidation.ranges import WHOLE
from emulator.paging import format as paging
from emulator.paging.accesses import writes
from emulator.world.hart import NO_PAGE
from emulator.world.invalidation import INVALIDATIONS

HELD, GIVEN_BACK, HANDED_OUT = 0, 1, 2  # what has become of a frame


@hot
def judge(world, hart):
    """Decide what the use of a stale entry means that `hart` stands before, and let it pass."""
    va, word = hart.fault_va, hart.fault_word
    hart.passed[1] = hart.passed[0]
    hart.passed[0] = page_of(va)
    now = granted(world, hart, hart.root, va)
    same = same_frame(word, now, va)
    if same and paging.permission_fault(hart, now | A, hart.fault_access) == Fault.NONE:
        return
    key = level_key(key_of(va, hart.asid_bits), level_of(word))
    suspect = world.checker.suspect[suspect_place(world, hart.number, key, ENTRY)]
    if suspect.made == 0 or suspect.key != key or suspect.hart != hart.number or suspect.level != ENTRY:
        judge_unknown(world, hart)
        return
    freed = max(state_of_frame(world, frame_in(word), suspect.taken), state_of_table(world, suspect))
    number = number_of(world, suspect, va)
    late = is_postponed(world, number) and (not writes(hart.fault_access) or postpones_writable(world) != 0)
    excused = is_waiting(world, suspect) or late
    if excused and freed == HELD and (same or now == NOTHING) and suspect.kind != Mistake.ASID_REUSED:
        hart.count[Counter.STALE_WINDOW_USES] += 1
        return
    tell_use(world, hart, suspect, va, excused, freed)


@hot
def judge_walk(world, hart):
    """Decide what it means that a walk of `hart` has begun at a stale pointer of its walk cache, if one has.

    Whatever the walk found: it has read a page table that no pointer in memory leads to, and may have written to it.
    """
    if hart.walk_stale != 0:
        judge_pointer(world, hart, world.checker.suspect[hart.walk_stale - 1])
        hart.walk_stale = 0


@rare
def judge_pointer(world, hart, suspect):
    """Do so for the pointer of `suspect`."""
    freed = state_of_table(world, suspect)
    excused = is_waiting(world, suspect)
    if excused and freed == HELD and suspect.kind != Mistake.ASID_REUSED:
        hart.count[Counter.STALE_WINDOW_USES] += 1
    else:
        start = span_start(suspect.key, hart.span_shift[suspect.level - 1])
        tell_use(world, hart, suspect, start, excused, freed)


@hot
def tell_use(world, hart, suspect, va, excused, freed):
    """Count the use at `va` of what `suspect` tells of, and give it a row if it has none."""
    count_use(world, hart)
    if suspect.row != 0:
        row = world.checker.row[suspect.row - 1]
        row.uses += 1
        row.freed = max(row.freed, freed)
    elif has_row(world):
        number = number_of(world, suspect, va)
        told = was_told(world, hart, suspect, number)
        row = next_row(world, hart, va, kind_of(suspect, excused, told, freed))
        suspect.row = world.checker.rows
        row.access, row.late = hart.fault_access, excused or told
        row.frame, row.freed = frame_in(suspect.word), freed
        name_writer(row, hart, suspect)
        if number != UNKNOWN:
            row.number, row.cause = number, world.ledger.row[number % INVALIDATIONS].cause


@hot
def judge_unknown(world, hart):
    """The same for a suspect of which no more is known than that it is one: others have taken its place."""
    if world.checker.waiting == 1:
        hart.count[Counter.STALE_WINDOW_USES] += 1
        return
    count_use(world, hart)
    if has_row(world):
        row = next_row(world, hart, hart.fault_va, Mistake.NO_FLUSH)
        row.access, row.frame = hart.fault_access, frame_in(hart.fault_word)
        row.pte_before = as_pte(hart, hart.fault_word, ENTRY)


@hot
def count_use(world, hart):
    """Count the use of a stale entry, and stop the run after it where that is asked for."""
    hart.count[Counter.STALE_USES] += 1
    control = world.control
    if control.stale == 1 and control.came == Reason.NONE:
        control.came, control.hart = Reason.STALE, hart.number


@hot
def is_waiting(world, suspect):
    """Return whether the kernel is still in the step that made an entry stale, and waits for other harts."""
    return world.checker.waiting == 1 and suspect.operation == world.checker.operation


@hot
def is_postponed(world, number):
    """Return whether the kernel says that invalidation `number`, of a munmap, has been postponed and is not over."""
    unmaps = number != UNKNOWN and world.ledger.row[number % INVALIDATIONS].cause == FlushCause.UNMAP
    return postpones(world) != 0 and unmaps and is_open(world, number)


@hot
def state_of_frame(world, number, taken):
    """Return what has become of frame `number` since `taken` frames had been handed out; the page of zeros stays."""
    if number < world.allocator.first_frame:
        return HELD
    if world.frame[number].refs == 0:
        return GIVEN_BACK
    return HANDED_OUT if world.frame[number].taken > taken else HELD


@hot
def state_of_table(world, suspect):
    """Return what has become of the page table that a stale pointer led to; HELD where there is none."""
    return state_of_frame(world, suspect.table, suspect.taken)


@hot
def number_of(world, suspect, va):
    """Return the number of the first invalidation after the change, the writer's and of `va`, or UNKNOWN."""
    row = world.ledger.row[suspect.number % INVALIDATIONS]
    if suspect.number >= world.ledger.rows or row.number != suspect.number or row.hart != suspect.writer:
        return UNKNOWN
    covered = row.pages == WHOLE or row.va <= va < row.va + row.pages * PAGE_BYTES
    return suspect.number if covered else UNKNOWN


@hot
def was_told(world, hart, suspect, number):
    """Return whether `hart` was told of invalidation `number`, and has carried out no fence since."""
    if number == UNKNOWN or world.checker.fenced[hart.number].fences != suspect.fences:
        return False
    return has(world.ledger.row[number % INVALIDATIONS].harts, hart.number)


@hot
def kind_of(suspect, excused, told, freed):
    """Return what was done wrong."""
    if suspect.kind != Mistake.NO_FLUSH:
        return suspect.kind
    if excused and freed != HELD:
        return Mistake.FREED_FIRST if freed == GIVEN_BACK else Mistake.HANDED_OUT
    if excused:
        return Mistake.MADE_FIRST
    return Mistake.LATE_FLUSH if told else Mistake.NO_FLUSH


@hot
def name_writer(row, hart, suspect):
    """Fill a row with who made the entry stale."""
    row.place = suspect.place
    row.writer_hart, row.writer_image = suspect.writer, suspect.image
    row.writer_pc, row.writer_cycle = suspect.pc, suspect.cycle
    row.window = max(hart.clock - suspect.cycle, 0)
    row.pte_before, row.pte_after = as_pte(hart, suspect.word, suspect.level), suspect.pte


@hot
def forget_passes(hart):
    """Let the next use of a stale entry be judged again."""
    hart.passed[0], hart.passed[1] = NO_PAGE, NO_PAGE
