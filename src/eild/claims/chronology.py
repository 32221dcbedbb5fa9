"""Claims in time: when something is said to have happened, as wide as the text leaves it, and when it was said."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from eild.claims.model import Claim, Time


@dataclass(frozen=True)
class Moment:
    """A claim on the timeline.

    :ivar claim: the claim
    :ivar events: when what it is about happened or holds; only times with at least one bound
    :ivar said: when it was said, if the text gives a bound
    """

    claim: Claim
    events: tuple[Time, ...]
    said: Time | None

    @property
    def start(self) -> date:
        """The first day that any of its times names."""
        return min(_days((*self.events, *((self.said,) if self.said else ()))))


@dataclass(frozen=True)
class Scale:
    """Days as parts of a width.

    :ivar first: first day of the first year
    :ivar last: last day of the last year
    """

    first: date
    last: date

    @property
    def years(self) -> range:
        """The years that it shows."""
        return range(self.first.year, self.last.year + 1)

    def place(self, day: date, *, after: bool = False) -> float:
        """Return where a day begins, or where it ends, as a percentage of the width.

        :param day: a day; one outside the scale is put on its edge
        :param after: whether the end of the day is meant
        """
        width = (self.last - self.first).days + 1
        return round(100 * min(max((day - self.first).days + after, 0), width) / width, 3)


def _days(times: Iterable[Time]) -> list[date]:
    return [day for time in times for day in (time.earliest, time.latest) if day is not None]


def list_moments(claims: Iterable[Claim]) -> tuple[list[Moment], list[Claim]]:
    """Return the claims that have a date, in order of time, and those that have none, in their order.

    A claim stands where what it is about begins; where only the saying is dated, where it was said.
    """
    moments, undated = [], []
    for claim in claims:
        events = tuple(
            {time.iri: time for part in claim.propositions for time in part.times if time.is_bounded}.values()
        )
        said = claim.time if claim.time is not None and claim.time.is_bounded else None
        if events or said:
            moments.append(Moment(claim, events, said))
        else:
            undated.append(claim)
    moments.sort(key=lambda moment: moment.start)
    return moments, undated


def make_scale(moments: Sequence[Moment]) -> Scale:
    """Return the scale that holds all moments in whole years.

    :raises ValueError: if there are none
    """
    days = _days(time for moment in moments for time in (*moment.events, *((moment.said,) if moment.said else ())))
    return Scale(date(min(days).year, 1, 1), date(max(days).year, 12, 31))
