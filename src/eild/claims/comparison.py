"""What each source says: claims set side by side by who makes them, and the statements on which several sources speak.

Two sources are compared on what is asked for, a topic or a target, and not on words that happen to be alike: whether
they speak of the same thing the propositions tell.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from eild.claims.model import STANCES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from eild.claims.model import Claim, Named


@dataclass(frozen=True)
class Source:
    """Somebody who makes claims, with these claims.

    :ivar named: who it is
    :ivar claims: its claims by the slug of their stance, each list in the order of the text
    """

    named: Named
    claims: Mapping[str, tuple[Claim, ...]] = field(hash=False)

    @property
    def count(self) -> int:
        """How many claims it makes."""
        return sum(len(claims) for claims in self.claims.values())


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

    :ivar stances: the stances that occur, in the order of the closed list
    :ivar sources: the sources, those with the most claims first, then by name
    :ivar shared: the statements on which several of them speak, those of the most sources first
    """

    stances: tuple[Named, ...]
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


def compare_sources(claims: Iterable[Claim]) -> Comparison:
    """Return claims by source and stance; a claim that several make stands with each of them.

    :param claims: the claims on what is compared, in the order of the text
    """
    chosen = tuple(claims)
    stances = _list_stances(chosen)
    speakers = dict.fromkeys(item for claim in chosen for item in claim.claimants)
    sources = []
    for speaker in speakers:
        own = [claim for claim in chosen if speaker in claim.claimants]
        by_stance = {
            stance.slug: tuple(claim for claim in own if claim.stance.slug == stance.slug) for stance in stances
        }
        sources.append(Source(speaker, by_stance))
    sources.sort(key=lambda source: (-source.count, source.named.text))
    return Comparison(stances, tuple(sources), _find_shared(chosen))
