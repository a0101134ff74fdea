"""A source of megabytes, all in one line: time grows with its length, and memory stays within 20 times it (G9)."""

import subprocess
import sys

import pytest

LINES = {
    "numbers": "'.byte ' + '1,200,0x33,' * (size // 11) + '4'",
    "wide numbers": "'.quad ' + '0x123456789abcdef,' * (size // 18) + '-1'",
    "a string": "'.ascii \"' + 'text' * (size // 4) + '\"'",
    "escapes": "'.ascii \"' + r'\\n' * (size // 2) + '\"'",
    "statements": "';'.join(f'addi a0, a0, {n % 1000}' for n in range(size // 16))",
    "a sum": "'.word ' + '1+' * (size // 16) + '1'",
    "a comment": "'nop # ' + 'x' * size",
    "mistakes": "'frob;' * (size // 5)",
}

# What it takes is measured in a process of its own, less what it takes to be there at all.
MEASURE = """
import resource, sys, time
from isa import AssemblyError, assemble

def assembled(source):
    try:
        assemble(source)
    except AssemblyError as error:
        str(error)

def memory():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss << 10

size = int(sys.argv[1])
assembled("nop")
source = eval(sys.argv[2]) + "\\nnop\\n"
before, start = memory(), time.process_time()
assembled(source)
print(len(source), time.process_time() - start, memory() - before)
"""


def measured(line, size):
    """How long the source really is, how long it takes, and how much memory."""
    command = [sys.executable, "-c", MEASURE, str(size), line]
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    length, seconds, memory = result.stdout.split()
    return int(length), float(seconds), int(memory)


@pytest.mark.parametrize("line", LINES.values(), ids=LINES)
def test_one_line_takes_time_by_its_length_and_little_memory(line):
    small, seconds, _ = measured(line, 1 << 18)
    large, more_seconds, memory = measured(line, 1 << 20)
    assert more_seconds < 3 * seconds * large / small + 0.2
    assert memory < 20 * large
