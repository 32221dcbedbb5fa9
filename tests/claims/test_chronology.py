"""Tests of claims in time: days are placed in order and within the width, and nothing without a date gets one."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eild.claims import Claim, Named, Proposition, Time
from eild.claims.chronology import Scale, list_moments, make_scale

days = st.dates(date(1990, 1, 1), date(2090, 12, 31))


def make_claim(number: int, *, event: Time | None = None, said: Time | None = None) -> Claim:
    """Return a claim with times."""
    part = Proposition(Named("a thing", f"urn:p{number}"), {}, (event,) if event else ())
    return Claim(f"urn:c{number}", str(number), "", Named("affirms", "urn:affirms"), propositions=(part,), time=said)


def test_list_moments_order_is_of_the_event_else_of_the_saying() -> None:
    """A claim stands where its event begins, or where it was said; what has no date is listed apart."""
    late = make_claim(1, said=Time("urn:t1", "", earliest=date(2022, 1, 1)))
    early = make_claim(2, event=Time("urn:t2", "", latest=date(2020, 1, 1)), said=Time("urn:t3", "soon"))
    none = make_claim(3, event=Time("urn:t4", "once"))
    moments, undated = list_moments([late, early, none])
    assert [moment.claim for moment in moments] == [early, late]
    assert undated == [none]
    assert moments[0].said is None  # a verbatim time without bounds is no date


@given(st.lists(days, min_size=1, max_size=6))
def test_scale_any_days_placed_in_order_within_the_width(moments: list[date]) -> None:
    """Days keep their order on the scale, and each ends after it begins."""
    found, _ = list_moments(make_claim(n, said=Time("urn:t", "", earliest=day)) for n, day in enumerate(moments))
    scale = make_scale(found)
    places = [scale.place(day) for day in sorted(moments)]
    assert places == sorted(places)
    assert all(0 <= scale.place(day) < scale.place(day, after=True) <= 100 for day in moments)
    assert scale.years == range(min(moments).year, max(moments).year + 1)


def test_scale_whole_year_fills_its_part() -> None:
    """The first day begins at nothing, the last one ends at a hundred per cent; others are put on the edge."""
    scale = Scale(date(2020, 1, 1), date(2021, 12, 31))
    assert scale.place(date(2020, 1, 1)) == 0
    assert scale.place(date(2021, 12, 31), after=True) == 100
    assert scale.place(date(2021, 1, 1)) == pytest.approx(100 * 366 / 731, abs=0.001)
    assert scale.place(date(1999, 1, 1)) == 0
    assert scale.place(date(2050, 1, 1)) == 100
