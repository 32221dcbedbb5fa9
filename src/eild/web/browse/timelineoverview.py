"""The timeline at a glance: a lane for each speaker with all that is dated, in one picture that fits a screen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from eild.claims import Named, Time
    from eild.claims.chronology import Moment

MOST_LANES: Final = 20
"""How many speakers fit a screen; those with the most claims are shown."""

_LONGEST_NAME: Final = 48


@dataclass(frozen=True)
class Lane:
    """What a speaker says, in time.

    :ivar speaker: the speaker
    :ivar claims: how many dated claims the speaker makes
    :ivar entry: number of the first of them in the list
    :ivar events: each time of an event once for each stance, with the slug of the stance
    :ivar sayings: each time of a claim once for each stance, with the slug of the stance
    :ivar first: the first day that any of these times names
    :ivar last: the last day that any of these times names
    """

    speaker: Named
    claims: int
    entry: int
    events: tuple[tuple[Time, str], ...]
    sayings: tuple[tuple[Time, str], ...]
    first: date
    last: date

    @property
    def name(self) -> str:
        """The speaker's name, cut where it is too long for the picture."""
        text = self.speaker.text
        return text if len(text) <= _LONGEST_NAME else f"{text[: _LONGEST_NAME - 1].rstrip()}…"


@dataclass(frozen=True)
class Overview:
    """The timeline at a glance.

    :ivar lanes: the speakers in the order of their first day
    :ivar total: how many speakers there are
    """

    lanes: Sequence[Lane]
    total: int


def _collect(speaker: Named, numbered: Sequence[tuple[int, Moment]]) -> Lane:
    events: dict[tuple[date | None, date | None, str], tuple[Time, str]] = {}
    sayings: dict[tuple[date | None, date | None, str], tuple[Time, str]] = {}
    for _, moment in numbered:
        stance = moment.claim.stance.slug
        for event in moment.events:
            events.setdefault((event.earliest, event.latest, stance), (event, stance))
        if said := moment.said:
            sayings.setdefault((said.earliest, said.latest, stance), (said, stance))
    days = [day for first, last, _ in (*events, *sayings) for day in (first, last) if day is not None]
    return Lane(
        speaker=speaker,
        claims=len(numbered),
        entry=numbered[0][0],
        events=tuple(events.values()),
        sayings=tuple(sayings.values()),
        first=min(days),
        last=max(days),
    )


def build_overview(moments: Sequence[Moment]) -> Overview:
    """Return the picture of some moments.

    :param moments: the moments in the order of the list, which numbers them from 1
    """
    spoken: dict[Named, list[tuple[int, Moment]]] = {}
    for number, moment in enumerate(moments, 1):
        for speaker in dict.fromkeys(moment.claim.claimants):
            spoken.setdefault(speaker, []).append((number, moment))
    chosen = sorted(spoken, key=lambda speaker: -len(spoken[speaker]))[:MOST_LANES]
    lanes = (_collect(speaker, spoken[speaker]) for speaker in chosen)
    return Overview(sorted(lanes, key=lambda lane: (lane.first, lane.entry)), len(spoken))
