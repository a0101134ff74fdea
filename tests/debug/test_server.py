"""What the server answers to a client that speaks the protocol, or does not, and to one too many."""

import random
import socket
import subprocess

import pytest

from emulator.base.errors import EmulatorError
from emulator.debug.gdb.packets import BAD, INTERRUPT, Reader, escaped, framed, unescaped
from emulator.debug.gdb.server import HOST, listen
from isa import Program, assemble
from tests.commands import assert_refused, caller
from tests.debug.gdb import command
from tests.machine.test_control import PROGRAMS, machine_of, told
from tests.running import call, source

LOOP = source("li t0, 5\nagain: addi t0, t0, -1\nbnez t0, again\n" + call("exit", 5))
ENDLESS = source("forever: addi t0, t0, 1\nj forever")
HELLO = PROGRAMS / "hello.s"
MULTIPROCESS = b"qSupported:multiprocess+;fork-events+;exec-events+"


@pytest.fixture
def called(capsys):
    return caller(capsys)


def test_what_is_escaped_comes_back():
    data = bytes(range(256))
    assert unescaped(escaped(data)) == data
    assert not set(b"#$*") & set(escaped(data))


def test_packets_come_whole_however_they_are_cut():
    stream = b"+" + framed(b"g") + b"\x03" + framed(b"m1,2") + b"$bad#00" + b"garbage" + framed(b"?")
    for size in (1, 3, len(stream)):
        reader, found = Reader(), []
        for start in range(0, len(stream), size):
            found += reader.take(stream[start : start + size])
        assert found == [b"g", INTERRUPT, b"m1,2", BAD, b"?"]


def test_a_client_that_sends_garbage_gets_errors_and_can_go_on(debugged):
    chance = random.Random(1)
    here = debugged(LOOP)
    client = here.client()
    client.ask(b"QStartNoAckMode")
    for kind in b"gGpPmMXZzHTvqDsc?QbF!":
        for _ in range(8):
            data = bytes([kind]) + bytes(chance.choice(b"0123456789abcdef,:;=.-p+") for _ in range(chance.randrange(9)))
            if data[:1] not in b"cskD":
                assert client.ask(data) is not None
    assert client.ask(b"?").startswith(b"T05")
    client.close()


def test_a_client_that_hangs_up_in_the_middle_of_a_packet_leaves_the_run_to_the_next(debugged):
    here = debugged(LOOP)
    first = here.client()
    first.ask(b"s")
    first.socket.sendall(b"$vCont;c")
    first.close()
    second = here.client()
    assert second.ask(b"?").startswith(b"T05")
    assert here.machine.now.instruction == 1
    assert here.notes == ["gdb has hung up; the run stands still, and waits for another to connect"]
    second.ask(b"k")
    assert here.ended() == "killed"


def test_a_client_that_hangs_up_while_the_run_goes_on_stops_it(debugged):
    here = debugged(ENDLESS)
    first = here.client()
    first.send(b"c")
    first.close()
    assert here.client().ask(b"?").startswith(b"T")


def test_a_second_client_is_turned_away_and_the_first_is_served(debugged):
    here = debugged(LOOP)
    first = here.client()
    assert first.ask(b"?").startswith(b"T05")
    second = here.client()
    assert second.answer() is None
    assert first.ask(b"s").startswith(b"T05")


def test_ctrl_c_stops_a_run_at_any_time(debugged):
    here = debugged(ENDLESS)
    client = here.client()
    for _ in range(5):
        client.send(b"c")
        client.socket.sendall(b"\x03")
        assert client.answer().startswith(b"T02")


def test_the_ends_of_processes_are_told_with_their_numbers(debugged):
    here = debugged(Program.load(PROGRAMS / "child_writes_first.s"))
    client = here.client()
    client.ask(MULTIPROCESS)
    assert b"fork:p2.2;" in client.ask(b"vCont;c")
    assert client.ask(b"vCont;c") == b"W00;process:2"
    assert client.ask(b"vCont;c") == b"W00;process:1"
    client.close()
    assert here.ended() == "over"


def test_memory_that_was_never_touched_reads_as_zeros_and_what_is_none_as_an_error(debugged):
    program = assemble(source("nop", bss="there: .space 4096"))
    here = debugged(program)
    client = here.client()
    assert client.ask(b"m%x,4" % program.symbols["there"]) == b"00000000"
    assert client.ask(b"m10,4").startswith(b"E")
    assert here.machine.result("limit").counters["fault.total"] == 0


def test_a_breakpoint_outside_the_program_is_refused(debugged):
    client = debugged(LOOP).client()
    assert client.ask(b"Z0,10,4").startswith(b"E")
    assert client.ask(b"Z0,10001,4").startswith(b"E")


def test_no_file_but_the_programs_can_be_opened(debugged):
    client = debugged(LOOP).client()
    assert client.ask(b"vFile:open:%b,0,0" % b"/etc/passwd".hex().encode()).startswith(b"F-1,2")


@pytest.mark.parametrize("name", ["cow_with_threads", "fork_exec", "child_writes_first"])
def test_a_debugged_run_ends_as_a_straight_one(name, debugged):
    """Steps, looks and ways back at random, through the protocol."""
    chance = random.Random(name)
    here = debugged(Program.load(PROGRAMS / f"{name}.s"), harts=2)
    client = here.client()
    client.ask(MULTIPROCESS)
    entry = here.machine.kernel.lives.processes[1].image.program.entry
    looks = [b"g", b"m%x,40" % entry, b"qXfer:threads:read::0,1000", b"qRcmd," + b"tlb".hex().encode()]
    moves = [b"s", b"bs", b"vCont;s:p1.1", b"bc", *looks]
    client.ask(b"Z0,%x,4" % (entry + 16))
    for _ in range(60):
        client.ask(chance.choice(moves))
    client.ask(b"z0,%x,4" % (entry + 16))
    client.ask(b"D")
    assert here.ended() == "detached"
    here.session.finish()
    straight = machine_of(name, {"harts": 2})
    assert told(here.machine) == told(straight)


def test_a_port_in_use_is_refused_in_one_line(called):
    with listen(0) as taken:
        port = taken.getsockname()[1]
        assert_refused(called("debug", HELLO, "--gdb", port), rf"--gdb {port}: {HOST}:{port}: .*in use; another port")


@pytest.mark.parametrize("port", [-1, 65536])
def test_what_is_no_port_is_refused(called, port):
    assert_refused(called("debug", HELLO, "--gdb", port), f"--gdb {port}: is no port; 1-65535")


def test_debug_needs_to_know_with_what(called):
    assert_refused(called("debug", HELLO), "debug: with what")
    assert_refused(called("debug", HELLO, "--gdb", 0, "--dap"), "debug: with what")
    assert_refused(called("debug", "--gdb", 0), "debug: which program")


def test_it_listens_on_this_computer_alone():
    with listen(0) as listener:
        assert listener.getsockname()[0] == "127.0.0.1"
        with pytest.raises(EmulatorError, match="in use"):
            listen(listener.getsockname()[1])


def test_the_command_waits_tells_the_port_and_ends_with_the_status_of_the_program():
    server = subprocess.Popen(command("debug", HELLO, "--gdb", 0), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    with server:
        told = server.stderr.readline().decode()
        port = int(told.rpartition(":")[2])
        with socket.create_connection((HOST, port), 60) as client:
            client.sendall(framed(b"D"))
            client.recv(64)
        out, err = server.communicate(timeout=60)
    assert (server.returncode, err) == (0, b"")
    assert out == b"hello, page tables\n"
