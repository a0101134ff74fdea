"""Calls on files with whatever arguments: an error or what was asked for, no traceback, every frame accounted for."""

import random

import pytest

from tests.kernel.io.test_files import CREAT, CWD, DATA, DIRECTORY, MKDIR, RDONLY, RDWR, opened
from tests.running import call, run

ADDRESSES = (
    *("=name", "=other", "=slash", "=folder", "=up", "=dot", "=nothing", "=text", "=buffer", "=big"),
    *(0, 8, -8, 1 << 62, (1 << 38) - 4),
)
NUMBERS = (
    *(*range(9), 17, 18, 100, 1023, 1024, 4096, 4097, 8192, 1 << 20, 1 << 30, 1 << 40, 1 << 62, -(1 << 63), -1, CWD),
    *(RDWR | CREAT, RDWR | CREAT | 0o1000, RDWR | CREAT | 0o2000, RDWR | CREAT | 0o200, DIRECTORY, 0x200, 0x1000),
)
AREA = 0x20_0000_0000
FILE = (3, 4, 5, 6, 6, 9, -1)
SIZE = (0, 1, 8, 100, 4096, -1, 1 << 20)
OFFSET = (0, 4096, 1 << 40, -4096)
MAPPING = ((0, AREA), (4096, 8192, 1 << 20), (0, 1, 3), (1, 2, 17, 18, 0x8001, 0x8002), FILE, OFFSET)
# What the first arguments are drawn from, by number of the call; the others are anything.
CALLS = {
    **dict.fromkeys((17, 45, 49, 279), (ADDRESSES,)),
    **dict.fromkeys((34, 35, 48, 56, 78, 79), ((CWD, CWD, 3, 5), ADDRESSES)),
    **dict.fromkeys((23, 24, 25, 46, 50, 57, 62, 80, 82), (FILE,)),
    **dict.fromkeys((61, 63, 64, 65, 66, 67, 68), (FILE, ADDRESSES, SIZE)),
    276: ((CWD,), ADDRESSES, (CWD,), ADDRESSES, (0, 0, 1, 2)),
    222: MAPPING,
    **dict.fromkeys((215, 226, 227, 230, 232, 233), ((AREA,), SIZE)),
}


@pytest.mark.parametrize("seed", range(4))
def test_F77_no_arguments_end_more_than_the_process(seed):
    chance = random.Random(seed)
    text = opened() + opened(RDWR | CREAT, "=text") + opened(RDONLY | DIRECTORY, "=dot")
    text += call(MKDIR, CWD, "=folder", 0o755) + opened(RDWR | CREAT, "=other")
    for _ in range(50):
        number, drawn = chance.choice(list(CALLS.items()))
        rest = (ADDRESSES if chance.random() < 0.4 else NUMBERS for _ in range(6 - len(drawn)))
        text += call(number, *(chance.choice(among) for among in (*drawn, *rest)))
    result = run(text, DATA, "big: .space 65536", memory="2MiB")
    assert result.ended == "exit"
    assert all(isinstance(content, bytes) for content in result.files.values())
