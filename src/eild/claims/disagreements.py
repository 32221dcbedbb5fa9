"""Disagreements: what somebody affirms and somebody else negates, denies, promises not to do or rejects.

Which claims are opposed is not decided here. The data says so: ``eild:contestedBy``, derived by the ontology's rule,
and ``cito:disagreesWith``, the editor's view. Here they are only grouped, one disagreement for each thing that somebody
speaks against.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from eild.claims.model import OPPOSED, STANCES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from eild.claims.model import Claim, ClaimIndex, Named

    Key = tuple[str, ...]


@dataclass(frozen=True)
class Row:
    """A moment of a disagreement.

    :ivar left: a claim that affirms, if one is made then
    :ivar right: a claim that speaks against it, if one is made then; both only where one answers the other
    """

    left: Claim | None
    right: Claim | None

    @property
    def claims(self) -> tuple[Claim, ...]:
        """Its claims."""
        return tuple(claim for claim in (self.left, self.right) if claim is not None)

    @property
    def day(self) -> date | None:
        """The first day on which one of its claims can have been made; None if the text gives no date."""
        days = [moment for claim in self.claims if (moment := _moment(claim)) is not None]
        return min(days, default=None)


@dataclass(frozen=True)
class Disagreement:
    """One thing on which speakers take different sides.

    :ivar propositions: what is spoken against, in neutral and positive words
    :ivar rows: who says what, the dated in order of time, then the undated in the order of the text
    """

    propositions: tuple[Named, ...]
    rows: tuple[Row, ...]

    @property
    def slug(self) -> str:
        """A name for links, from that of its first proposition."""
        return self.propositions[0].slug

    @property
    def claims(self) -> tuple[Claim, ...]:
        """All claims of it, by row."""
        return tuple(claim for row in self.rows for claim in row.claims)

    @property
    def dated(self) -> tuple[Row, ...]:
        """The rows with a date."""
        return tuple(row for row in self.rows if row.day is not None)

    @property
    def undated(self) -> tuple[Row, ...]:
        """The rows without one."""
        return tuple(row for row in self.rows if row.day is None)

    def count_stances(self) -> list[tuple[Named, int]]:
        """Return how many of its claims take which stance, in the order of the closed list."""
        stances = {claim.stance.slug: claim.stance for claim in self.claims}
        counts = {slug: sum(claim.stance.slug == slug for claim in self.claims) for slug in stances}
        return [(stances[slug], counts[slug]) for slug in sorted(stances, key=STANCES.index)]


def _moment(claim: Claim) -> date | None:
    """Return the first day on which a claim can have been made, or the last one where only that is known."""
    return None if claim.time is None else claim.time.earliest or claim.time.latest


def _speaks_against(claim: Claim, other: Claim) -> bool:
    """Return whether a claim is the one of two opposed claims that speaks against the other."""
    if claim.stance.slug in OPPOSED:
        return other.stance.slug not in OPPOSED or other.iri in claim.responds_to
    return other.stance.slug not in OPPOSED and other.iri in claim.responds_to


def _key(claim: Claim) -> Key:
    return tuple(part.named.iri for part in claim.propositions)


def _pair_up(affirming: list[Claim], against: list[Claim]) -> Iterable[Row]:
    """Yield one row for each claim; two share one where the second answers the first and no other."""
    left = {claim.iri: claim for claim in affirming}
    for claim in against:
        answered = [iri for iri in claim.responds_to if iri in left]
        yield Row(left.pop(answered[0]) if len(answered) == 1 else None, claim)
    for claim in left.values():
        yield Row(claim, None)


def list_disagreements(index: ClaimIndex) -> tuple[Disagreement, ...]:
    """Return all disagreements, those with the most claims first.

    Claims that speak against the same propositions are in one of them, with every claim that they oppose.

    :param index: the claims of a dataset
    """
    against: dict[Key, list[Claim]] = {}
    contested: dict[Key, set[str]] = {}
    for claim in index.curated:
        opponents = [other.iri for other in index.choose(claim.opponents) if _speaks_against(claim, other)]
        if opponents and claim.propositions:
            against.setdefault(_key(claim), []).append(claim)
            contested.setdefault(_key(claim), set()).update(opponents)
    found = []
    for key, opposing in against.items():
        rows = list(_pair_up(index.choose(contested[key]), opposing))
        order = {claim.iri: number for number, claim in enumerate(index.claims.values())}
        rows.sort(key=lambda row: (row.day or date.max, min(order[claim.iri] for claim in row.claims)))
        found.append(Disagreement(tuple(part.named for part in opposing[0].propositions), tuple(rows)))
    return tuple(sorted(found, key=lambda disagreement: -len(disagreement.claims)))
