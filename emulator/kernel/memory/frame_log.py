"""The frame ledger as the kernel writes it: a row for each take, share, re-use and drop of a frame, with its reason.

Frames are taken and dropped in few places (`frames`), which know who has the hart and nothing else. Whoever has a frame
taken, shared or dropped says why just before (`because`); what nobody has said is noted without a reason. Where the
ledger is off each of these is one compare.
"""

from emulator.base.frame_names import FrameStep, FrameUse
from emulator.base.jit import hot, rare
from emulator.world.frame_log import FRAME_ROWS

FRAME_MARGIN = FRAME_ROWS // 4  # rows that may come before Python looks again


@hot
def because(world, use, va):
    """Say what the next frame is taken, shared or dropped for: the page at `va` of the process that the hart runs."""
    if world.frame_log.on == 1:
        say(world, use, va, 0, 0, 1)


@hot
def because_of(world, use, va, pid):
    """Say so where it is another process `pid` that gets the frame."""
    if world.frame_log.on == 1:
        say(world, use, va, pid, 0, 1)


@hot
def fork_for(world, child):
    """Say which process a fork makes."""
    world.frame_log.child = child


@hot
def because_forked(world, va):
    """Say that the next frame is taken or shared for the page at `va` of that process."""
    if world.frame_log.on == 1:
        say(world, FrameUse.FORK, va, world.frame_log.child, 0, 1)


@hot
def note_forked(world, hart, frame, va):
    """Note that `frame`, whose references are counted already, shows the page at `va` of that process, too."""
    if world.frame_log.on == 1:
        say(world, FrameUse.FORK, va, world.frame_log.child, 0, 1)
        write_row(world, hart, frame, FrameStep.SHARE)


@hot
def because_dropped(world, space, va):
    """Say that the next frame is dropped because the page at `va` of `space` goes, or all of that."""
    if world.frame_log.on == 1:
        say(world, FrameUse.UNMAP if space.users > 0 else FrameUse.EXIT, va, 0, 0, 1)


@hot
def because_copied(world, use, va, other):
    """Say that the next frame is taken for a copy of frame `other`, or dropped because `other` is a copy of it."""
    if world.frame_log.on == 1:
        say(world, use, va, 0, other, 1)


@hot
def because_all(world, use, va, frames):
    """Say what the next `frames` frames are taken, shared or dropped for."""
    if world.frame_log.on == 1:
        say(world, use, va, 0, 0, frames)


@rare
def say(world, use, va, pid, other, rows):
    """Keep what the next rows are about."""
    log = world.frame_log
    log.use, log.va, log.pid, log.other, log.rows_said = use, va, pid, other, rows


@hot
def note(world, hart, frame, step):
    """Note what was done with `frame`: its references are counted already."""
    if world.frame_log.on == 1:
        write_row(world, hart, frame, step)


@rare
def write_row(world, hart, frame, step):
    """Write a row, or count it where there is no room."""
    log = world.frame_log
    said = log.rows_said > 0
    log.rows_said = max(log.rows_said - 1, 0)
    if log.rows == FRAME_ROWS:
        log.left_out += 1
        return
    row = log.row[log.rows]
    row.frame, row.step, row.refs = frame, step, world.frame[frame].refs
    row.use = log.use if said else FrameUse.UNSAID
    row.va, row.other = (log.va, log.other) if said else (0, 0)
    row.pid = log.pid if said and log.pid != 0 else world.task[hart.number].pid
    row.hart, row.cycle, row.event = hart.number, hart.clock, world.log.events
    log.rows += 1


@hot
def frame_log_has_room(world):
    """Return whether the rows of one more stretch have room."""
    return world.frame_log.rows < FRAME_ROWS - FRAME_MARGIN
