"""A cache of its own for each test, nothing compiled yet, and whatever was started there ended."""

import pytest

from emulator.native import engine


@pytest.fixture
def cold(tmp_path, monkeypatch):
    """An empty cache; nothing has been said yet."""
    monkeypatch.setenv("PAGEWALK_CACHE", str(tmp_path))
    monkeypatch.delenv("PAGEWALK_ENGINE", raising=False)
    monkeypatch.delenv("NUMBA_DISABLE_JIT", raising=False)
    monkeypatch.setattr(engine, "_said", [])
    return tmp_path


@pytest.fixture
def told(monkeypatch):
    """What the engine has said."""
    lines = []
    monkeypatch.setattr(engine, "told", lines.append)
    return lines
