"""Making machine code. This runs in the process that compiles, `python -m emulator.compiler`, and nowhere else.

functions   hot functions become numba's; each compiled once, for integers alone
shares      functions are lowered by children of this process, some at a time
doors       what Python calls: a C function for each door
library     inner functions are only linked; machine code is made of the doors and what they reach, all at once
build       the steps in order, from the names of modules to an object file
__main__    the process: takes the lock, tells its progress, writes the file
"""
