"""Machines that might as well have been assumed: other chance, other frames, every price a quarter more or less.

What is said of one machine holds only as far as it holds on these. They come in pairs: each price that one of a pair
has raised the other has lowered, so that no price goes one way alone.
"""

import hashlib
from dataclasses import replace

import msgspec

from emulator.config import Profile
from emulator.lab.invalidation.case import Task

MOST = 1000  # of such machines: a sweep of more would take days


def disturbed(task: Task, number: int) -> Task:
    """Return `task` on the machine `number`, from 1, of those that are like its own; its row names that machine."""
    return replace(
        task,
        case=replace(task.case, profile=f"{task.case.profile}~{number}"),
        profile=disturbed_profile(task.profile, number),
        seed=task.seed + number,
        overrides={**task.overrides, "placement": str(number)},
    )


def disturbed_profile(profile: Profile, number: int) -> Profile:
    """Return `profile` with every price a quarter higher or lower, as `number` has it."""
    price = {
        name: msgspec.structs.replace(
            row, cycles=max((row.cycles * (5 if _raised(name, number) else 3) + 2) // 4, min(row.cycles, 1))
        )
        for name, row in profile.price.items()
    }
    return msgspec.structs.replace(profile, price=price)


def _raised(name: str, number: int) -> bool:
    """Return whether machine `number` has the price `name` raised; the next of its pair has it lowered."""
    pair, second = divmod(number - 1, 2)
    chance = hashlib.sha256(f"{pair} {name}".encode()).digest()[0] & 1
    return bool(chance) != bool(second)
