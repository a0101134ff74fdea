"""What each instruction means: a short body, beside its siblings, importable and tested by itself.

kinds      what is done with a body's result, and what a body may read
integer    RV64I's computation, and the counters
branch     branches and jumps
multiply   multiplication and division (M)
memory     loads and stores
atomic     LR, SC and AMOs (A)
teaching   the instructions of this machine alone
system     traps and fences
table      all of them by `Op`

Engines are made from these: `engine/made.py` pastes them into the loop. Called helpers took 1.1 to 2.5 times the
loop's time, numba's own inlining up to 1.35 times; a body that is pasted costs what one written there does.
"""
