"""Steps of a real gdb over loopback: what somebody waits for who steps in a debugger."""

import shutil
import subprocess
import threading
import time

from emulator import Machine
from emulator.debug import Session
from emulator.debug.gdb.server import HOST, listen, serve
from isa import assemble

GDB = shutil.which("gdb-multiarch")
STEPS = 10_000
LOOP = "_start: li t0, 1000000\nagain: addi t0, t0, -1\nbnez t0, again\n"


def steps() -> float:
    """Return the seconds that gdb takes to connect and make `STEPS` steps. There has to be one."""
    assert GDB is not None, "gdb-multiarch is not installed (make oracles)"
    machine = Machine(memory="16MiB")
    machine.spawn(assemble(LOOP))
    with listen(0) as listener:
        session = Session(machine, lambda descriptor, data: None)
        server = threading.Thread(target=serve, args=(session, listener, str))
        server.start()
        target = f"target remote {HOST}:{listener.getsockname()[1]}"
        words = [word for line in (target, f"stepi {STEPS}", "kill") for word in ("-ex", line)]
        began = time.perf_counter()
        subprocess.run([GDB, "-nx", "-q", "-batch", *words], check=True, capture_output=True)
        seconds = time.perf_counter() - began
        server.join()
    assert machine.now.instruction == STEPS
    return seconds
