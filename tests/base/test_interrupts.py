"""Ctrl-C at a good moment."""

import signal

import pytest

from emulator.base.interrupts import held_back, let_through


def test_an_interrupt_that_is_held_back_is_noted():
    with held_back() as interrupts:
        assert not interrupts.came
        signal.raise_signal(signal.SIGINT)
        assert interrupts.came


def test_an_interrupt_is_let_through_where_something_outside_is_waited_for():
    with held_back() as interrupts:
        with pytest.raises(KeyboardInterrupt), let_through():
            signal.raise_signal(signal.SIGINT)
        assert not interrupts.came


def test_interrupts_are_dealt_with_as_before_afterwards():
    with held_back():
        pass
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGINT)


def test_whoever_has_taken_interrupts_over_keeps_them():
    seen = []
    before = signal.signal(signal.SIGINT, lambda *_: seen.append(1))
    try:
        with held_back() as interrupts:
            signal.raise_signal(signal.SIGINT)
        assert (seen, interrupts.came) == ([1], False)
    finally:
        signal.signal(signal.SIGINT, before)
