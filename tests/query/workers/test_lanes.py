"""Tests of lanes: slots, and those who wait for one."""

from __future__ import annotations

import pytest

from eild.query.workers.lanes import Lane


def test_take_more_than_slots_refused() -> None:
    """There are as many slots as were asked for, and one given back can be taken again."""
    lane: Lane[str] = Lane(2)
    assert [lane.take() for _ in range(3)] == [True, True, False]
    assert lane.release() is None
    assert lane.running == 1
    assert lane.take()


def test_release_somebody_waits_first_in_line_has_the_slot() -> None:
    """A slot goes to who has waited longest, and is never free meanwhile."""
    lane: Lane[str] = Lane(1)
    assert lane.take()
    lane.waiting.extend(["first", "second"])
    assert lane.release() == "first"
    assert not lane.take()
    assert lane.release() == "second"
    assert lane.release() is None
    assert lane.running == 0


def test_release_slot_given_back_twice_is_a_fault() -> None:
    """A slot that nobody holds cannot be given back: there would be more queries than slots."""
    lane: Lane[str] = Lane(1)
    assert lane.take()
    lane.release()
    with pytest.raises(ValueError, match="not in use"):
        lane.release()
