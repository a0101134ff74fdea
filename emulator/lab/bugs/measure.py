"""From a kernel and a kind of TLB to what the checker has said of it under many schedules."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from emulator.base.shipped import PROGRAMS
from emulator.lab.bugs.kernel import KERNELS, Kernel, Stage
from emulator.machine import Machine
from emulator.result import Result
from isa import Program

BOUND = 500_000  # instructions of a run: several times what the longest takes on a right kernel
SETTINGS = {"skew": "100", "quantum": "10000"}  # turns so short that a hart seldom finishes what it began


@dataclass(frozen=True)
class Trial:
    """One kernel with one kind of TLB under the schedules 1 to `schedules`."""

    kernel: Kernel
    tlb: str
    schedules: int
    engine: str | None = None
    check: bool | str = True  # `check_stale`

    @property
    def weight(self) -> int:
        """How many runs it makes."""
        return len(self.kernel.stages) * self.schedules


@dataclass(frozen=True)
class Tally:
    """In how many runs of a trial the checker reported a stale use, rightly, and data were wrong, reported or not."""

    bug: str
    tlb: str
    runs: int
    flagged: int
    named: int
    wrong: int
    silent: int

    @property
    def fails(self) -> bool:
        """Whether wrong data were not reported; of the right kernel: whether anything was wrong or reported."""
        return self.silent > 0 or (self.bug == KERNELS[0].bug and self.flagged + self.wrong > 0)


def trials(only: str | None, schedules: int, engine: str | None = None) -> list[Trial]:
    """Return what is to be measured: of all kernels, or of the one that makes the mistake `only`, if that is here."""
    chosen = KERNELS if only is None else tuple(kernel for kernel in KERNELS if kernel.bug == only)
    return [Trial(kernel, tlb, schedules, engine) for kernel in chosen for tlb in kernel.tlbs]


def measure(trial: Trial) -> Tally:
    """Run all that the trial says."""
    kernel = trial.kernel
    looks = [
        (result.counters["stale.uses"] > 0, is_named(kernel, stage, result), is_wrong(result))
        for stage in kernel.stages
        for result in runs(trial, stage)
    ]
    flagged, named, wrong = (sum(column) for column in zip(*looks, strict=True))
    silent = sum(wrong and not flagged for flagged, _, wrong in looks)
    return Tally(kernel.bug, trial.tlb, len(looks), flagged, named, wrong, silent)


def runs(trial: Trial, stage: Stage) -> Iterable[Result]:
    """Yield a run for each schedule."""
    for seed in range(1, trial.schedules + 1):
        result = begun(trial, stage, seed).run(BOUND)
        if result.ended == "interrupt":
            raise KeyboardInterrupt
        yield result


def begun(trial: Trial, stage: Stage, seed: int) -> Machine:
    """Return the machine of `stage` with the kernel and TLB of `trial`, about to run under schedule `seed`."""
    machine = Machine(
        harts=stage.harts,
        memory="8MiB",
        flush=stage.flush,
        tlb=trial.tlb,
        schedule=f"seed:{seed}",
        check_stale=trial.check,
        overrides={**SETTINGS, **stage.overrides, "bug": trial.kernel.bug},
        engine=trial.engine,
        events=0,
    )
    machine.spawn(_program(stage.program), argv=[stage.program, *stage.arguments])
    return machine


@cache
def _program(name: str) -> Program:
    return Program.load(PROGRAMS / "stale" / f"{name}.s")


def is_wrong(result: Result) -> bool:
    """Return whether a run did not end as the programs do that find everything right."""
    return (result.ended, result.exit_status, result.stdout) != ("exit", 0, "")


def is_named(kernel: Kernel, stage: Stage, result: Result) -> bool:
    """Return whether the checker has named something, and everything rightly: the kind, and who wrote the PTE."""
    symbols = _program(stage.program).symbols
    writers = {symbols[label] for label in kernel.culprits}
    return len(result.stale) > 0 and all(
        row["kind"] in kernel.kinds and (not writers or int(row["writer_pc"]) in writers) for row in result.stale
    )
