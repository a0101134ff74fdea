"""Machine code in a file: whole or none."""

import hashlib

import numpy as np
import pytest

from emulator.native import cache, engine, image
from tests.native import small


@pytest.fixture
def path(cold):
    """The file of a small image, just compiled."""
    engine.wait(small.MODULES)
    return cache.find(cache.file_name(small.MODULES, image.host()))


def test_a_door_gives_the_same_compiled(path):
    plain, compiled = small.world(), small.world()
    compiled.image = image.load(path)
    numbers = np.array([1, -5, 1 << 40])
    for place in range(3):
        assert small.add_twice(compiled, numbers, place) == small.add_twice(plain, numbers, place)


DAMAGES = {
    "cut off": lambda data: data[:-1],
    "changed": lambda data: data[:50] + b"?" + data[51:],
    "empty": lambda _: b"",
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_a_file_that_is_cut_off_or_changed_is_no_image_and_goes(path, damage):
    path.write_bytes(damage(path.read_bytes()))
    image.load.cache_clear()
    assert engine.ready(small.MODULES) is None
    assert not path.exists()


def test_an_image_says_which_door_it_lacks(path):
    from emulator.kernel.doors.drive import drive

    with pytest.raises(LookupError, match=r"emulator\.kernel\.doors\.drive\.drive"):
        image.load(path).functions[drive]


def test_nothing_is_left_of_a_write_that_fails(tmp_path, monkeypatch):
    monkeypatch.setattr("os.fsync", lambda _: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    with pytest.raises(OSError, match="No space"):
        image.write(tmp_path / "x.image", b"code")
    assert not (tmp_path / "x.image").exists()


def test_what_is_written_is_what_the_head_says(tmp_path):
    image.write(tmp_path / "x.image", b"code")
    assert (tmp_path / "x.image").read_bytes() == b"pagewalk" + hashlib.sha256(b"code").digest() + b"code"
    assert [path.name for path in tmp_path.iterdir()] == ["x.image"]


def test_checked_code_finds_an_index_out_of_bounds(cold, monkeypatch):
    monkeypatch.setenv("NUMBA_BOUNDSCHECK", "1")
    world = small.world()
    world.image = engine.wait(small.MODULES)
    with pytest.raises(IndexError, match=r"add_twice: an index is out of bounds"):
        small.add_twice(world, np.zeros(3, np.int64), 5)
    assert small.add_twice(world, np.ones(3, np.int64), 2) == 6
