"""What each source says: claims set side by side by who makes them, and the statements on which several sources speak.

Two sources are compared on what is asked for, a topic or a target, and not on words that happen to be alike: whether
they speak of the same thing the propositions tell.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from eild.claims.model import OPPOSED, STANCES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from eild.claims.model import Claim, Named


@dataclass(frozen=True)
class Source:
    """Somebody who makes claims, with these claims.

    :ivar named: who it is
    :ivar claims: its claims by column of the comparison, each list in the order of the text
    """

    named: Named
    claims: tuple[tuple[Claim, ...], ...]

    @property
    def count(self) -> int:
        """How many claims it makes."""
        return sum(len(claims) for claims in self.claims)


@dataclass(frozen=True)
class Shared:
    """A statement on which several sources speak.

    :ivar proposition: the statement, in neutral and positive words
    :ivar claims: their claims, in the order of the text
    """

    proposition: Named
    claims: tuple[Claim, ...]

    @property
    def stances(self) -> tuple[Named, ...]:
        """The stances that they take, each once, in the order of the closed list."""
        return _list_stances(self.claims)


@dataclass(frozen=True)
class Comparison:
    """Sources side by side.

    :ivar columns: the stances that occur: to affirm, to speak against, and any other, each column in the order of the
        closed list
    :ivar sources: the sources, those with the most claims first, then by name
    :ivar shared: the statements on which several of them speak, those of the most sources first
    """

    columns: tuple[tuple[Named, ...], ...]
    sources: tuple[Source, ...]
    shared: tuple[Shared, ...]


def _list_stances(claims: Iterable[Claim]) -> tuple[Named, ...]:
    found = {claim.stance.slug: claim.stance for claim in claims}
    return tuple(sorted(found.values(), key=lambda stance: STANCES.index(stance.slug)))


def _find_shared(claims: Iterable[Claim]) -> tuple[Shared, ...]:
    by_proposition: dict[Named, list[Claim]] = {}
    for claim in claims:
        for part in claim.propositions:
            by_proposition.setdefault(part.named, []).append(claim)
    counts = {
        named: len({item for claim in said for item in claim.claimants}) for named, said in by_proposition.items()
    }
    several = [Shared(named, tuple(said)) for named, said in by_proposition.items() if counts[named] > 1]
    return tuple(sorted(several, key=lambda shared: (-counts[shared.proposition], shared.proposition.text)))


def _side(stance: Named) -> int:
    """Return on which side of a comparison a stance stands: 0 affirms, 1 speaks against, 2 does neither."""
    return 0 if stance.slug == "affirms" else 1 if stance.slug in OPPOSED else 2


def compare_sources(claims: Iterable[Claim]) -> Comparison:
    """Return claims by source and by what their stances do; a claim that several make stands with each of them.

    :param claims: the claims on what is compared, in the order of the text
    """
    chosen = tuple(claims)
    sides: dict[int, list[Named]] = {}
    for stance in _list_stances(chosen):
        sides.setdefault(_side(stance), []).append(stance)
    columns = tuple(tuple(sides[side]) for side in sorted(sides))
    sources = []
    for speaker in dict.fromkeys(item for claim in chosen for item in claim.claimants):
        own = [claim for claim in chosen if speaker in claim.claimants]
        sources.append(
            Source(speaker, tuple(tuple(claim for claim in own if claim.stance in column) for column in columns))
        )
    sources.sort(key=lambda source: (-source.count, source.named.text))
    return Comparison(columns, tuple(sources), _find_shared(chosen))
