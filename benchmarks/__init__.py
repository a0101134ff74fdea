"""Benchmarks: how fast the emulator is, beside what else does the same work in the same minutes on the same host.

    works        the programs, and running them to where the timing starts
    pages        copying pages, beside numpy
    placement    one loop at many places of a fetch line and of a page
    starts       commands as a whole: the first answer, cold and warm, its memory; compiling
    peers        a C interpreter of our own (`ideal/`), QEMU and Spike with a small kernel (`peers/`)
    compare      all of these, interleaved round by round; prints ratios and what they should be
    test_works   the same works for pytest-benchmark

    make bench
    python -m benchmarks.compare --rounds 7 --only stride

Times are CPU times, since hosts are shared; ratios are of one round, and the median of the rounds counts. What a
benchmark computes is checked, or it has measured nothing. What is measured is compiled code, but where a start is cold.
"""

import os

os.environ.setdefault("PAGEWALK_ENGINE", "compiled")
