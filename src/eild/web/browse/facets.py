"""Facets: what a list of claims can be chosen by, with how many claims have each value."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

from eild.claims import STANCES
from eild.errors import RequestError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from eild.claims import Claim

    Reader: TypeAlias = Callable[[Claim], Sequence[tuple[str, str]]]
    """Tells the values of a claim, each with its label."""
    Readers: TypeAlias = Mapping[str, tuple[str, Reader]]
    """Facets by the name of their parameter: what people read, and what tells a claim's values."""

_SHOWN_VALUES: Final = 8


@dataclass(frozen=True)
class Option:
    """A value that a facet can have.

    :ivar value: as the URL has it
    :ivar label: what people read
    :ivar count: how many of the claims have it
    """

    value: str
    label: str
    count: int


@dataclass(frozen=True)
class Facet:
    """Something by which claims are chosen.

    :ivar name: name of the parameter
    :ivar label: what people read
    :ivar options: its values
    :ivar chosen: the value that is asked for, empty for all
    """

    name: str
    label: str
    options: tuple[Option, ...]
    chosen: str = ""


def name_slot(claim: Claim, slot: str) -> list[tuple[str, str]]:
    """Return what fills a slot of a claim's propositions, each once: IRI and name.

    The slot ``election`` also has the elections that the claim is about by nested propositions and times.
    """
    found = [(item.iri, item.text) for part in claim.propositions for item in part.slots.get(slot, ())]
    if slot == "election":
        found += [(item.iri, item.text) for item in claim.elections]
    return list(dict.fromkeys(found))


def _order(name: str, counts: Counter[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return the values of a facet in the order in which it shows them."""
    if name == "stance":
        return sorted(counts, key=lambda pair: STANCES.index(pair[0]) if pair[0] in STANCES else len(STANCES))
    if name == "section":
        return sorted(counts)
    return sorted(counts, key=lambda pair: (-counts[pair], pair[1]))


def build_facets(readers: Readers, claims: Sequence[Claim], chosen: Mapping[str, str]) -> tuple[Facet, ...]:
    """Return the facets of some claims, with the number of those that have each value.

    :param readers: the facets
    :param claims: the claims
    :param chosen: the value that is asked for, by name of the facet
    """
    facets = []
    for name, (label, read) in readers.items():
        counts = Counter(pair for claim in claims for pair in dict.fromkeys(read(claim)))
        options = tuple(Option(pair[0], pair[1], counts[pair]) for pair in _order(name, counts))
        facets.append(Facet(name, label, options, chosen.get(name, "")))
    return tuple(facets)


def choose_claims(readers: Readers, claims: Iterable[Claim], chosen: Mapping[str, str]) -> list[Claim]:
    """Return the claims that have every value that is asked for."""
    wanted = {name: read for name, (_, read) in readers.items() if chosen.get(name)}
    return [
        claim
        for claim in claims
        if all(any(value == chosen[name] for value, _ in read(claim)) for name, read in wanted.items())
    ]


def check_facets(facets: Iterable[Facet]) -> None:
    """Check that every value that is asked for is one that some claim has.

    :raises RequestError: if not; the hint lists some that are
    """
    for facet in facets:
        known = [option.value for option in facet.options]
        if facet.chosen and facet.chosen not in known:
            message = f"no claim has the {facet.label.lower()} {facet.chosen[:80]!r}"
            raise RequestError(message, hint=f"use one of: {', '.join(known[:_SHOWN_VALUES])}")
