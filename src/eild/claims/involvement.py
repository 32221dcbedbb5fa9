"""How a resource takes part in claims: who speaks of it, what it says, where, when and to whom."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from eild.claims.model import Claim, ClaimIndex, Named

SUBJECT_SLOTS: Final = ("actor", "about")
"""Slots of a proposition that name who acts or of what something is said."""


def _names(values: Iterable[Named], iri: str) -> bool:
    return any(value.iri == iri for value in values)


def _happens(claim: Claim, iri: str) -> bool:
    return any(time.iri == iri for part in claim.propositions for time in part.times)


ROLES: Final[dict[str, Callable[[Claim, str], bool]]] = {
    "about": lambda claim, iri: claim.is_about(iri) or _happens(claim, iri),
    "proposition": lambda claim, iri: any(part.named.iri == iri for part in claim.propositions),
    "claimant": lambda claim, iri: _names(claim.claimants, iri),
    "addressee": lambda claim, iri: _names(claim.addressees, iri),
    "document": lambda claim, iri: _names(claim.documents, iri),
    "occasion": lambda claim, iri: _names(claim.occasions, iri),
    "time": lambda claim, iri: claim.time is not None and claim.time.iri == iri,
    "scale": lambda claim, iri: any(
        concept is not None and concept.iri == iri
        for concept in (
            claim.stance,
            claim.basis,
            claim.confidence.concept if claim.confidence else None,
            claim.likelihood.concept if claim.likelihood else None,
        )
    ),
}
"""What a resource can be to a claim, by name, and what returns whether it is."""


@dataclass(frozen=True)
class Involvement:
    """The claims in which a resource takes part in one way.

    :ivar role: the way, one of :data:`ROLES`
    :ivar claims: the claims, the most telling first
    """

    role: str
    claims: tuple[Claim, ...]


def _rank(claim: Claim, iri: str) -> tuple[bool, bool, bool]:
    """Return what orders claims: what is contested first, then what has the resource as its subject, hedged last."""
    is_subject = any(_names(part.slots.get(slot, ()), iri) for part in claim.propositions for slot in SUBJECT_SLOTS)
    return not claim.contested_by, not is_subject, claim.is_hedged


def find_involvements(index: ClaimIndex, iri: str) -> tuple[Involvement, ...]:
    """Return the claims in which a resource takes part, by how it does.

    Relays that the build derives are left out: what they relay is listed itself. EILD's own readings are kept; they
    have EILD as claimant.

    :param index: the claims
    :param iri: IRI of the resource
    """
    claims = [claim for claim in index.claims.values() if not claim.is_relay]
    found = []
    for role, holds in ROLES.items():
        chosen = [claim for claim in claims if holds(claim, iri)]
        if chosen:
            found.append(Involvement(role, tuple(sorted(chosen, key=lambda claim: _rank(claim, iri)))))
    return tuple(found)
