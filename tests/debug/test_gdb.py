"""What a real gdb sees of a run, and does with it."""

import re

import pytest

from isa import Program, assemble
from tests.debug.gdb import needs_gdb
from tests.machine.test_control import PROGRAMS
from tests.machine.test_stops import CRASH, TOUCHES
from tests.running import call, source

pytestmark = needs_gdb

COW = Program.load(PROGRAMS / "child_writes_first.s")
LOOP = source("li t0, 5\nagain: addi t0, t0, -1\nbnez t0, again\n" + call("exit", 5))
ENDLESS = source("forever: addi t0, t0, 1\nj forever")


def test_gdb_reads_registers_memory_and_symbols_of_a_program_that_it_has_no_file_of(debugged):
    here = debugged(COW)
    told = here.gdb("set sysroot target:", "info symbol $pc", "p/x $pc", "x/1xw $pc", "p/x $sp", "kill")
    assert f"= {COW.entry:#x}" in told
    assert COW.read(COW.entry, 4)[::-1].hex() in told
    assert here.ended() == "killed"


def test_gdb_steps_on_and_back(debugged):
    here = debugged(LOOP)
    told = here.gdb("stepi 4", "p $pc", "p $t0", "reverse-stepi", "p $pc", "p $t0", "stepi", "p $t0", "kill")
    assert re.findall(r"= (\d+)$", told, re.M) == ["3", "4", "3"]
    assert here.session.machine.now.instruction == 4


def test_gdb_stops_at_a_breakpoint_each_time_and_at_each_again_on_the_way_back(debugged):
    program = assemble(LOOP)
    again = program.symbols["again"]
    here = debugged(program)
    on = ["continue", "p $t0"] * 4
    back = ["reverse-continue", "p $t0"] * 3
    told = here.gdb(f"break *{again}", *on, *back, "reverse-continue", "kill")
    assert re.findall(r"\$\d+ = (\d+)$", told, re.M) == ["5", "4", "3", "2", "3", "4", "5"]
    assert "No more reverse-execution history" in told


@pytest.mark.parametrize(("watch", "stops"), [("watch", 3), ("rwatch", 3), ("awatch", 6)])
def test_gdb_stops_at_watched_memory(watch, stops, debugged):
    program = assemble(TOUCHES)
    here = debugged(program)
    told = here.gdb(f"{watch} *(long *){program.symbols['there'] + 8}", *["continue"] * 9)
    assert len(re.findall(r"^Hardware .*watchpoint \d: ", told, re.M)) == 1 + stops
    assert "exited with code 03" in told


def test_gdb_changes_registers_and_memory_and_the_program_goes_on_with_them(debugged):
    program = assemble(LOOP)
    here = debugged(program)
    told = here.gdb(
        f"break *{program.symbols['again']}", "continue", "delete", "set $t0 = 1", "stepi", "stepi", "p $t0",
        f"set *(int *){program.entry} = 0x13", f"set $pc = {program.entry}", "stepi", "p $t0", "kill",
    )  # fmt: skip
    assert re.findall(r"\$\d+ = (\d+)$", told, re.M) == ["0", "0"]


def test_gdb_is_told_of_the_signal_before_the_process_is_gone_and_then_of_its_end(debugged):  # F54
    here = debugged(CRASH)
    told = here.gdb("continue", "p/x $t0", "continue")
    assert "Program received signal SIGSEGV" in told
    assert "= 0x10" in told
    assert "Program terminated with signal SIGSEGV" in told


def test_gdb_gets_through_with_ctrl_c(debugged):
    here = debugged(ENDLESS)
    told = here.gdb(
        "python import threading, os, signal, time",
        "python threading.Thread(target=lambda: (time.sleep(1), os.kill(os.getpid(), signal.SIGINT))).start()",
        "continue", "p $t0 > 0", "kill",
    )  # fmt: skip
    assert "Program received signal SIGINT" in told
    assert "= 1" in told


@pytest.mark.parametrize(("mode", "pid"), [("parent", 1), ("child", 2)])
def test_gdb_follows_either_side_of_a_fork(mode, pid, debugged):
    here = debugged(COW)
    told = here.gdb(
        f"set follow-fork-mode {mode}", "set detach-on-fork off", "catch fork", "continue", "stepi",
        "python print('here', gdb.selected_inferior().pid)", "info inferiors", "kill inferiors 1 2",
    )  # fmt: skip
    assert f"here {pid}" in told
    assert {"process 1", "process 2"} <= set(re.findall(r"process \d", told))


def test_gdb_reads_what_each_process_has_at_an_address_after_a_copy(debugged):
    """The child's store is in its own copy."""
    here = debugged(COW)
    told = here.gdb(
        "set follow-fork-mode child", "set detach-on-fork off", "set schedule-multiple on",
        f"break *{COW.symbols['child'] + 8}", "continue", "p *(long *)$s0", "inferior 1", "p *(long *)$s0",
        "kill inferiors 1 2",
    )  # fmt: skip
    mine, before = re.findall(r"\$\d+ = (\d+)$", told, re.M)
    assert mine != before


def test_gdb_is_told_of_a_program_that_another_begins(debugged):
    here = debugged(Program.load(PROGRAMS / "fork_exec.s"))
    told = here.gdb("set follow-fork-mode child", "catch exec", "continue", "p/x $pc", "kill")
    assert "exec_target.s" in told


def test_monitor_commands_say_what_gdb_does_not_know(debugged):
    here = debugged(COW)
    told = here.gdb(
        "monitor break copy", "continue", "monitor why", "monitor faults", "monitor pagetable", "monitor tlb", "kill"
    )
    assert "WRITE_PROTECTED" in told
    assert "1 fault\n" in told
    assert "-> frame" in told
    assert "hart 0, asid" in told


def test_whoever_detaches_lets_the_program_run_on(debugged):
    here = debugged(COW)
    here.gdb("stepi 3", "detach")
    assert here.ended() == "detached"
    assert here.session.finish() == "exit"
    assert b"child" in here.written


def test_threads_are_seen_and_chosen(debugged):
    program = Program.load(PROGRAMS / "cow_with_threads.s")
    here = debugged(program, harts=2)
    told = here.gdb("monitor break copy", "continue", "info threads", "thread 1", "p/x $pc", "kill")
    assert "Thread 1.1" in told
    assert len(re.findall(r"Thread 1\.\d+ \(", told)) >= 2
