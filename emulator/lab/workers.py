"""Who measures: this process, processes of its own, or the workers of a Dask cluster. The rows are the same.

Dask takes most of a second to import, so only a sweep that needs it does.
"""

import logging
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from emulator.base.errors import EmulatorError
from emulator.native import engine
from emulator.native.cache import source_hash

if TYPE_CHECKING:
    from distributed import Client, Future

PATIENCE = 10  # seconds that a cluster may be without a worker, or a scheduler without an answer

R = TypeVar("R")


class Weighed(Protocol):
    """Something to be measured."""

    @property
    def weight(self) -> int:
        """How long it takes, compared with others."""


T = TypeVar("T", bound=Weighed)


def measured(tasks: Sequence[T], measure: Callable[[T], R], jobs: int = 1, scheduler: str | None = None) -> Iterator[R]:
    """Measure every task, on `jobs` processes or on the Dask cluster at `scheduler`; yield results as they come.

    Raises what `measure` raises, and EmulatorError for a cluster that cannot be reached, or is lost.
    """
    if scheduler is not None:
        with _signal(signal.SIGPIPE, signal.SIG_IGN), _cluster_at(scheduler) as client:
            yield from _over(client, scheduler, tasks, measure)
    elif jobs > 1 and len(tasks) > 1:
        with _signal(signal.SIGPIPE, signal.SIG_IGN), _processes(min(jobs, len(tasks))) as client:
            yield from _over(client, "--jobs", tasks, measure)
    else:
        for task in tasks:
            yield measure(task)


@contextmanager
def _processes(jobs: int) -> Iterator["Client"]:
    """Start a Dask cluster of `jobs` processes on this computer, which ends with this block."""
    from distributed import Client, LocalCluster

    _silence()
    with _signal(signal.SIGINT, signal.SIG_IGN):  # a terminal sends Ctrl-C to the children too: their parent ends them
        cluster = LocalCluster(
            n_workers=jobs,
            threads_per_worker=1,  # a process for each core: what is not compiled holds the interpreter's lock
            memory_limit=0,
            dashboard_address="127.0.0.1:0",
            silence_logs=logging.CRITICAL,
        )
    with cluster, Client(cluster, set_as_default=False) as client:
        yield client


@contextmanager
def _cluster_at(address: str) -> Iterator["Client"]:
    """Be a client of the cluster whose scheduler is at `address`."""
    from distributed import Client

    _silence()
    try:
        client = Client(address, timeout=PATIENCE, set_as_default=False)
    except (OSError, ValueError, TimeoutError) as error:
        raise EmulatorError(f"--scheduler {address}: no Dask scheduler answers there ({_first_line(error)})") from None
    with client:
        yield client


def _over(client: "Client", place: str, tasks: Sequence[T], measure: Callable[[T], R]) -> Iterator[R]:
    """Measure the tasks on the workers of `client`, the longest first; `place` names the cluster in errors."""
    from distributed import CancelledError, KilledWorker
    from distributed.client import ClosedClientError
    from distributed.comm.core import CommClosedError

    done: SimpleQueue[Future[R]] = SimpleQueue()
    left, sources = len(tasks), source_hash()
    futures = []  # held here, or the cluster would forget them
    try:
        for task in tasks:
            future = client.submit(_checked, measure, task, sources, pure=False, priority=task.weight)
            future.add_done_callback(done.put)
            futures.append(future)
        for left in range(len(futures), 0, -1):
            yield _next(client, place, done, left).result()
    except KilledWorker:
        raise EmulatorError(f"{place}: a case has ended every worker that tried it; too little memory?") from None
    except (CancelledError, ClosedClientError, CommClosedError):
        raise EmulatorError(f"{place}: the scheduler is gone; {_undone(left)}") from None
    except ImportError as error:
        raise EmulatorError(f"{place}: a worker cannot run pagewalk: {error}; install it there") from None


def _next(client: "Client", place: str, done: "SimpleQueue[Future[R]]", left: int) -> "Future[R]":
    """Return the next future that is done. Raises EmulatorError when nobody is there to bring it about."""
    alone = False
    while True:
        try:
            return done.get(timeout=PATIENCE)
        except Empty:
            pass
        if client.status != "running":
            raise EmulatorError(f"{place}: the scheduler is gone; {_undone(left)}")
        if client.scheduler_info()["workers"]:
            alone = False
        elif alone:
            raise EmulatorError(f"{place}: no worker is left; {_undone(left)}")
        else:
            alone = True


def _undone(left: int) -> str:
    return f"{left} case{'s' if left != 1 else ''} not measured; the same command goes on from here"


def _checked(measure: Callable[[T], R], task: T, sources: str) -> R:
    """Measure a task, on a worker, which must run the same sources as whoever asks: rows would differ otherwise."""
    if _own_sources() != sources:
        raise EmulatorError("a worker runs another version of pagewalk; install this one there")
    engine.settle()
    return measure(task)


@cache
def _own_sources() -> str:
    return source_hash()


@contextmanager
def _signal(number: signal.Signals, handler: signal.Handlers) -> Iterator[None]:
    """Let this process, and those that begin in this block, deal so with a signal.

    SIGPIPE, which ends a command whose reader leaves, would end this process too when a worker closes a connection.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before: Any = signal.signal(number, handler)
    try:
        yield
    finally:
        signal.signal(number, before)


def _silence() -> None:
    """Let Dask log nothing here: what a user has to know comes as an error of ours."""
    for name in list(logging.root.manager.loggerDict):
        if name.split(".")[0] == "distributed":
            logging.getLogger(name).setLevel(logging.CRITICAL + 1)


def _first_line(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]
