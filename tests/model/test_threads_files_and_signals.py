"""Processes of several threads with files, pipes and signals, beside the memory of `test_processes_at_once.py`.

The model is lists and dictionaries (`tests/model/unix`): what open files, pipes, masks, handlers and pages are to a
program, by the manual pages that the rules name. What it expects is the result of each call, what each handler finds,
and in the end what all memory and all files hold.
"""

from hypothesis import Phase, settings

from tests.model.unix.rules.files import FileRules
from tests.model.unix.rules.memory import MemoryRules
from tests.model.unix.rules.signals import SignalRules


class ThreadsFilesAndSignals(MemoryRules, FileRules, SignalRules):
    pass


# A sequence that fails is told as it is: to make it shorter takes minutes.
ThreadsFilesAndSignals.TestCase.settings = settings(max_examples=120, stateful_step_count=40, phases=[Phase.generate])
TestThreadsFilesAndSignals = ThreadsFilesAndSignals.TestCase
