"""Tests of what processes do with the interpreter."""

from __future__ import annotations

import gc

import pytest

from eild.process import collect_rarely, pause_collector


def test_pause_collector_restored_whatever_happens() -> None:
    """The collector of cycles runs again afterwards, also after an error, but not if it was off before."""
    assert gc.isenabled()
    states = []

    @pause_collector()
    def fail() -> None:
        with pause_collector():
            states.append(gc.isenabled())
        states.append(gc.isenabled())
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert states == [False, False]
    assert gc.isenabled()


def test_collect_rarely_restores_the_thresholds() -> None:
    """The collector looks at new objects as often as before afterwards."""
    before = gc.get_threshold()
    with collect_rarely():
        assert gc.get_threshold() == (100_000, *before[1:])
    assert gc.get_threshold() == before
