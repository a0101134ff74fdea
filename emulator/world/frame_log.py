"""The record of the frame ledger: what was done with each frame, and why, until Python takes the rows out."""

from emulator.base.record import I2, I4, I8, record
from emulator.world.column import Column

FRAME_ROWS = 1 << 19  # 25 MB of addresses, of which only rows that are noted take memory

FRAME_FIELDS = (
    Column("frame", I4, "the frame"),
    Column("step", I2, "`FrameStep`, what was done: 0 take, 1 share, 2 reuse, 3 drop, 4 free"),
    Column("use", I2, "`FrameUse`: what for"),
    Column("refs", I4, "references to it afterwards"),
    Column("other", I4, "of a copy: the frame that it was made of, or, of a drop, that was made of it; 0 for none"),
    Column("pid", I4, "the process that has it, or had it; 0 for none"),
    Column("hart", I2, "the hart that it was done on"),
    Column("va", I8, "the address of its page, or the first one that a page table is for; 0 where there is none"),
    Column("cycle", I8, "the hart's clock"),
    Column("event", I8, "how many events had been told: what it belongs to is `result.events[event]`"),
)
FRAME_ROW = record(*((field.name, field.type, field.shape) for field in FRAME_FIELDS))

FRAME_LOG = record(
    ("on", I8),  # 1: rows are noted
    ("rows", I8),
    ("left_out", I8),  # rows for which there was no room
    # what the next `rows_said` rows are about, said by the step that causes them
    ("rows_said", I8),
    ("use", I8),
    ("pid", I8),  # 0: the process that the hart runs
    ("child", I8),  # the one that a fork makes
    ("va", I8),
    ("other", I8),
    ("row", FRAME_ROW, (FRAME_ROWS,)),
)
