"""Who measures makes no difference to the rows; what becomes of a cluster that fails."""

import os

import pytest

from emulator.base.errors import EmulatorError, ProgramError
from emulator.lab import workers
from emulator.lab.invalidation.case import Sweep
from emulator.lab.workers import measured
from tests.lab import pretended

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")

FEW = list(Sweep.read("munmap,cow", strategies="full", pages="1-3", harts="1-2").tasks())


def in_order(rows):
    return sorted(rows, key=str)


def end_the_worker(task):
    os._exit(3)


def fail(task):
    raise ProgramError("the program of the lab failed")


@pytest.fixture(scope="module")
def cluster():
    from distributed import LocalCluster

    with LocalCluster(n_workers=1, threads_per_worker=1, dashboard_address="127.0.0.1:0", silence_logs=50) as running:
        yield running


def test_one_process_measures_in_order():
    assert list(measured(FEW, pretended.measure)) == [pretended.measure(task) for task in FEW]


@pytest.mark.slow
def test_processes_give_the_same_rows():
    rows = list(measured(FEW, pretended.measure, jobs=2))
    assert in_order(rows) == in_order(map(pretended.measure, FEW))


@pytest.mark.slow
def test_a_cluster_gives_the_same_rows(cluster):
    rows = list(measured(FEW, pretended.measure, scheduler=cluster.scheduler_address))
    assert in_order(rows) == in_order(map(pretended.measure, FEW))


@pytest.mark.slow
def test_what_fails_on_a_worker_fails_here(cluster):
    with pytest.raises(ProgramError, match="the program of the lab failed"):
        list(measured(FEW, fail, scheduler=cluster.scheduler_address))


@pytest.mark.slow
def test_a_worker_that_runs_other_sources_is_refused(cluster, monkeypatch):
    monkeypatch.setattr(workers, "source_hash", lambda: "other")
    with pytest.raises(EmulatorError, match="runs another version of pagewalk"):
        list(measured(FEW, pretended.measure, scheduler=cluster.scheduler_address))


@pytest.mark.slow
def test_a_case_that_ends_its_workers_is_one_error():
    with pytest.raises(EmulatorError, match="a case has ended every worker that tried it"):
        list(measured(FEW, end_the_worker, jobs=2))


@pytest.mark.slow
def test_a_cluster_without_workers_is_one_error(monkeypatch):
    from distributed import LocalCluster

    monkeypatch.setattr(workers, "PATIENCE", 0.2)
    with (
        LocalCluster(n_workers=0, dashboard_address="127.0.0.1:0", silence_logs=50) as empty,
        pytest.raises(EmulatorError, match=r"no worker is left; 12 cases not measured; the same command goes on"),
    ):
        list(measured(FEW, pretended.measure, scheduler=empty.scheduler_address))


@pytest.mark.slow
@pytest.mark.parametrize("address", ["tcp://127.0.0.1:1", "nonsense://x:1", "127.0.0.1:99999999"])
def test_an_address_without_a_scheduler_is_one_error(monkeypatch, address):
    monkeypatch.setattr(workers, "PATIENCE", 0.5)
    with pytest.raises(EmulatorError, match="no Dask scheduler answers there") as error:
        list(measured(FEW, pretended.measure, scheduler=address))
    assert "\n" not in error.value.message
