"""First in, first out; random; SRRIP: in caches and TLBs, against their reference models."""

import copy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emulator import Machine
from isa import assemble
from tests.hardware.replacement.cache_door import looked_up, world
from tests.machine.few_entries import ROUND, SMALL
from tests.model.policies import PolicySets
from tests.pages import PAGE, Tables, profile_with

pytestmark = [pytest.mark.both_engines, pytest.mark.parametrize("policy", ["fifo", "random", "srrip"])]

LINE = 64
VA, PA = 0x40000000, 0x200000
GEOMETRIES = st.sampled_from([(1, 1), (3, 1), (1, 2), (4, 2), (1, 3), (3, 4), (2, 8), (1, 12), (1, 64)])


def cache(sets, ways, policy, seed=0):
    """A world whose L3 has so many sets and ways under a policy."""
    return world(cache__l3__size=sets * ways * LINE, cache__l3__ways=ways, cache__l3__policy=policy, seed=seed)


def state(model):
    """All that decides what a model does from now on."""
    return copy.deepcopy((model.held, [vars(policy) for policy in model.policies]))


@settings(max_examples=40)
@given(geometry=GEOMETRIES, lines=st.lists(st.integers(0, 90), max_size=300), seed=st.integers(0, 9))
def test_a_cache_hits_misses_and_gives_up_lines_as_the_model_does(policy, geometry, lines, seed):
    model = PolicySets(*geometry, policy, f"{seed} cache.l3 0")
    found = [held for _, held in looked_up(cache(*geometry, policy, seed), lines)]
    assert found == [model.touch(line) for line in lines]


@settings(max_examples=40)
@given(geometry=GEOMETRIES, lines=st.lists(st.integers(0, 20), min_size=1, max_size=150))
def test_a_hit_that_is_said_to_change_nothing_changes_nothing_in_the_model(policy, geometry, lines):
    """It is the one on what its set used last, under SRRIP from its second on: all that fast paths build on."""
    model, last = PolicySets(*geometry, policy, "0 cache.l3 0"), {}
    for line, (unchanged, _) in zip(lines, looked_up(cache(*geometry, policy), lines), strict=True):
        before = state(model)
        model.touch(line)
        assert unchanged == (last.get(line % geometry[0]) == line and state(model) == before)
        last[line % geometry[0]] = line


@settings(max_examples=40)
@given(
    geometry=st.sampled_from([(1, 1), (1, 4), (3, 2), (1, 7)]),
    steps=st.lists(
        st.tuples(st.sampled_from(["load", "load", "load", "fetch", "fence"]), st.integers(0, 11)),
        min_size=30,
        max_size=150,
    ),
)
def test_a_tlb_hits_and_misses_as_the_model_does_and_fills_what_a_fence_emptied(policy, geometry, steps):
    sets, ways = geometry
    shape = {"entries": sets * ways, "ways": ways, "policy": policy}
    profile = profile_with(
        **{f"tlb__{name}__{key}": value for name in ("l1i", "l1d") for key, value in shape.items()}, tlb__l2__entries=0
    )
    tables = Tables(profile=profile)
    models = {name: PolicySets(sets, ways, policy, f"0 tlb.{name} 0") for name in ("l1i", "l1d")}
    for page in range(12):
        tables.map(VA + page * PAGE, PA + page * PAGE, "vrwxuad")
    for step, page in steps:
        va = VA + page * PAGE
        if step == "fence":
            tables.mmu.fence(va=va)
            for model in models.values():
                model.drop(va // PAGE)
        else:
            model = models["l1i" if step == "fetch" else "l1d"]
            assert (tables.translate(va, step, 4).references == ()) == model.touch(va // PAGE)


def test_a_program_misses_alike_whether_fast_paths_take_its_hits_or_none(policy):
    counters = []
    for check_stale in (False, "every"):
        machine = Machine(memory="8MiB", overrides=SMALL | {"replacement": policy}, check_stale=check_stale)
        machine.spawn(assemble(ROUND))
        counters.append(machine.run(max_instructions=1_000_000).counters)
    misses = [name for name in counters[0] if name.endswith(".misses")]
    assert [counters[0][name] for name in misses] == [counters[1][name] for name in misses]
