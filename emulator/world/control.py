"""The record of what stops a run: breakpoints, watched memory, kinds of events, and which of them has come."""

from emulator.base.record import I8, record

MAX_BREAKPOINTS = 64
MAX_WATCHES = 16
READS, WRITES = 1, 2  # what of watched memory: bits

WATCH = record(
    ("pid", I8),
    ("start", I8),
    ("end", I8),  # the first address after it
    ("what", I8),
)

CONTROL = record(
    ("came", I8),  # `Reason` of the stop that has come and has not been told, 0 for none
    ("hart", I8),  # on which hart
    ("breakpoints", I8),
    ("breakpoint", I8, (MAX_BREAKPOINTS,)),  # addresses of instructions, in whatever process
    ("watches", I8),
    ("watch", WATCH, (MAX_WATCHES,)),  # memory of processes, to stop before an instruction that accesses some
    ("met", I8),  # 1 + the watch that has been met, 0 for none
    ("met_va", I8),  # and the first of its addresses that is accessed
    ("stepping", I8),  # a thread to stop before each instruction of, 0 for none
    ("stale", I8),  # 1: to stop after an instruction that uses a stale TLB entry, if the checker is on
    ("kinds", I8),  # events to stop after: bit k for those of kind k
    ("countdown", I8),  # how many more events until the run is to stop, whatever they are; below 1: it is not
    ("put_off", I8),  # 1: a hart runs on while another waits for its answer, and is stopped when that is over
)
