"""The access-bit filter tells every hart that may hold an entry, whatever was looked at before."""

from pathlib import Path

from emulator import Machine
from isa import Program

FORK = Path(__file__).parents[3] / "programs" / "lab" / "fork.s"


def test_fork_tells_the_harts_that_write_the_pages_although_no_pte_was_looked_at():
    """An mprotect that changes no PTE comes before: what it looked at is not what the fork flushes."""
    machine = Machine(harts=2, memory="16MiB", flush="ceiling:33+abis", check_stale=True)
    machine.spawn(Program.load(FORK), argv=["fork", "24", "1", "5"])
    result = machine.run()
    assert result.exit_status == 0
    assert result.counters["stale.uses"] == 0
