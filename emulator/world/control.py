"""The record of what stops a run: breakpoints, kinds of events, and which of them has come."""

from emulator.base.record import I8, record

MAX_BREAKPOINTS = 64

CONTROL = record(
    ("came", I8),  # `Reason` of the stop that has come and has not been told, 0 for none
    ("hart", I8),  # on which hart
    ("breakpoints", I8),
    ("breakpoint", I8, (MAX_BREAKPOINTS,)),  # addresses of instructions, in whatever process
    ("kinds", I8),  # events to stop after: bit k for those of kind k
    ("countdown", I8),  # how many more events until the run is to stop, whatever they are; below 1: it is not
    ("put_off", I8),  # 1: a hart runs on while another waits for its answer, and is stopped when that is over
)
