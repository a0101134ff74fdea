"""A real trace: a kernel of two harts run on QEMU, and on Spike, and audited (docs/audit)."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from emulator.audit import Audit, open_log

TOP = Path(__file__).parents[2]
COMMITTED = Path(__file__).with_name("logs") / "kernel.log"
SCRIPT = TOP / "docs" / "audit" / "trace.sh"
PAGES = 0x40000000
COMPILER = ("riscv64-unknown-elf-gcc", "riscv64-unknown-elf-nm")
TOOLS = {"qemu": (*COMPILER, "gcc", "qemu-system-riscv64"), "spike": (*COMPILER, "spike", "dtc")}

# What kernel.S does wrong: the mistake, the label of the access, and the one behind the write of the PTE or of satp.
MISTAKES = {
    ("late_flush", "stored_still", "stored_still"),
    ("made_first", "read_too_early", "read_too_early"),
    ("late_flush", "read_of_the_gone", "flushed_here_only"),
    ("asid_reused", "read_of_the_other", "read_of_the_other"),
}


def audit_of(path):
    audit = Audit()
    with open(path, "rb") as file:
        audit.feed(open_log(file).rows)
    return audit


def test_the_committed_trace_shows_each_mistake_of_the_kernel_at_its_page():
    audit = audit_of(COMMITTED)
    found = [(finding.named.name.lower(), finding.use.va) for finding in audit.findings.sorted()]
    assert found == [
        ("late_flush", PAGES + 0x1008),
        ("made_first", PAGES + 0x2000),
        ("late_flush", PAGES + 0x3000),
        ("asid_reused", PAGES + 0x4000),
    ]
    assert audit.unexplained == 0


def test_its_needless_fences_are_the_one_after_nothing_and_the_one_on_the_wrong_hart():
    tally = audit_of(COMMITTED).fences.all
    assert (tally.fences, tally.needless, tally.unchanged) == (8, 2, 1)


def needs(machine):
    missing = [tool for tool in TOOLS[machine] if shutil.which(tool) is None]
    skip = pytest.mark.skipif(bool(missing), reason=f"not installed: {', '.join(missing)} (make oracles)")
    return pytest.param(machine, marks=[skip, pytest.mark.oracle])


@pytest.mark.parametrize("machine", [needs("qemu"), needs("spike")])
def test_a_trace_made_anew_shows_the_same(machine, tmp_path):
    subprocess.run([SCRIPT, machine, tmp_path], check=True, timeout=120, env=os.environ | {"PYTHON": sys.executable})
    names = subprocess.run([COMPILER[1], tmp_path / "kernel.elf"], capture_output=True, text=True, check=True).stdout
    at = {words[2]: int(words[0], 16) for words in (line.split() for line in names.splitlines())}
    audit = audit_of(tmp_path / "kernel.log")
    found = {(finding.named.name.lower(), finding.use.pc, finding.culprit.pc) for finding in audit.findings.sorted()}
    assert found == {(mistake, at[use], at[behind] - 4) for mistake, use, behind in MISTAKES}
    assert audit.unexplained == 0
