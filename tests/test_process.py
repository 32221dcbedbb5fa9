"""Tests of what processes do with the interpreter."""

from __future__ import annotations

import gc

import pytest

from eild.process import pause_collector


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
