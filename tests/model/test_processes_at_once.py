"""Several processes at once, their memory, and what system calls answer, against a dictionary of pages each.

A state machine makes up a script, command by command, of processes that fork, exit, run another program, map, unmap and
protect memory, and store to it, themselves or through the kernel (F66). The model (`tests/model/unix`) knows no frames:
a private page is bytes of its process's own, a shared one bytes that several have. Then one machine runs the whole
script (`interpreter.s`), standing still now and then for its frames to be counted (F61, F68: `tests/balance.py`).
"""

from hypothesis import settings

from tests.model.unix.rules.memory import MemoryRules
from tests.model.unix.rules.processes import ProcessRules


class ProcessesAtOnce(ProcessRules, MemoryRules):
    pass


ProcessesAtOnce.TestCase.settings = settings(max_examples=12, stateful_step_count=30)
TestProcessesAtOnce = ProcessesAtOnce.TestCase
