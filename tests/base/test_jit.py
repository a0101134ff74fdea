"""The jit decorators: what compiled code promises to Python, and when it is compiled anew."""

import shutil
from pathlib import Path

import numba
import numpy as np
import pytest

from emulator.base import bits, jit
from emulator.base.record import I8, record, views

compiled_only = pytest.mark.skipif(numba.config.DISABLE_JIT, reason="plain Python has no wrappers to be without")


@compiled_only
def test_a_hot_function_called_from_python_says_what_to_do():
    with pytest.raises(TypeError, match="make it a `hot_entry`"):
        bits.vpn_of(4096)


@compiled_only
def test_a_hot_function_refuses_python_even_after_compiled_code_has_used_it():
    """Without the guard the call would find compiled code that has no wrapper, and crash the process."""

    @jit.hot
    def inner(x):
        return x + 1

    @numba.njit
    def outer(x):
        return inner(x)

    assert outer(1) == 2
    with pytest.raises(TypeError, match="no wrapper"):
        inner(1)


def test_the_cache_directory_is_named_by_the_sources(tmp_path, monkeypatch):
    """A callee in another file may change: numba's own check would not see it."""
    top = Path(jit.__file__).parents[2]
    for folder in ("isa", "emulator"):
        shutil.copytree(top / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(jit, "__file__", str(tmp_path / "emulator/base/jit.py"))
    before = jit.source_hash()
    with (tmp_path / "isa/encoding.py").open("a") as source:
        source.write("# one more line\n")
    assert jit.source_hash() != before


def test_a_field_that_numpy_hides_is_refused():
    with pytest.raises(AssertionError, match="flags"):
        record(("flags", I8))


def test_views_show_the_same_bytes_at_every_depth():
    array = np.zeros(2, record(("outer", I8), ("inner", record(("value", I8, (3,))))))
    seen = views(array)
    seen.inner.value[1, 2] = 7
    assert array["inner"]["value"][1, 2] == 7
