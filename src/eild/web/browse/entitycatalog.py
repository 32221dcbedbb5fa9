"""All resources that claims name, by kind, with how often they are named: what the list of entities is made of."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from pyoxigraph import NamedNode

from eild import nodes
from eild.claims import Named
from eild.claims.passages import map_sections
from eild.documents.index import DocumentIndex
from eild.documents.names import choose_name
from eild.terms import EILD, NIF, SKOS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from eild.claims import Claim
    from eild.web.frame.site import Site

SEGMENTS: Final = ("agent", "event", "source", "thing", "concept", "quantity", "time")
"""Kinds of resources that the list shows, by the segments of their IRIs, in the order in which it shows them."""
ELSEWHERE: Final = "other"
"""What stands for the first letter of names that do not begin with one."""

_RECORDS: Final = frozenset(
    str(term)
    for term in (
        *(EILD.Claim, EILD.Proposition, EILD.Evidence, EILD.Quotation),
        *(NIF.Context, NIF.Sentence, NIF.Title, NIF.Phrase),
        SKOS.ConceptScheme,
    )
)
_CONCEPT: Final = nodes.SKOS.Concept
_IN_SCHEME: Final = nodes.SKOS.inScheme


@dataclass(frozen=True)
class Entity:
    """A resource of the list.

    :ivar named: the resource
    :ivar kind: its class, or the scheme that it is a concept of
    :ivar about: how many claims are about it
    :ivar by: how many claims it makes
    :ivar sentences: how many sentences hold the words of those claims
    :ivar sections: the sections of these sentences: number of seed and heading, and the heading's text
    """

    named: Named
    kind: Named
    about: int
    by: int
    sentences: int
    sections: tuple[tuple[str, str], ...]

    @property
    def letter(self) -> str:
        """The first letter of its name, a capital; :data:`ELSEWHERE` where that is none."""
        first = self.named.text[:1].upper()
        return first if first.isalpha() else ELSEWHERE


def _name(site: Site, node: NamedNode) -> Named:
    return Named(choose_name(site.documents, site.prefixes, node), node.value)


def _list_subjects(claim: Claim) -> Iterator[str]:
    """Yield the IRIs of what a claim is about, and of where, when, to whom and in what it is said."""
    for part in claim.propositions:
        yield from (value.iri for values in part.slots.values() for value in values)
        yield from (time.iri for time in part.times)
    yield from (item.iri for item in (*claim.documents, *claim.addressees, *claim.occasions))
    yield from (item.iri for item in (claim.stance, claim.basis, claim.time) if item is not None)
    yield from (degree.concept.iri for degree in (claim.likelihood, claim.confidence) if degree is not None)


def _find_kind(site: Site, node: NamedNode) -> NamedNode | None:
    """Return the kind that a resource is listed under; None if it is a record of the model itself or has no class."""
    kinds = [term for term in site.documents.find_objects(node, nodes.RDF.type) if isinstance(term, NamedNode)]
    if not kinds or any(kind.value in _RECORDS for kind in kinds):
        return None
    if _CONCEPT in kinds:
        schemes = [term for term in site.documents.find_objects(node, _IN_SCHEME) if isinstance(term, NamedNode)]
        return min(schemes, key=lambda scheme: scheme.value, default=_CONCEPT)
    return min(kinds, key=lambda kind: kind.value)


def _list_nodes(site: Site, named: Iterable[str]) -> list[NamedNode]:
    """Return the resources that claims name, and those of the same kinds that none names."""
    starts = tuple(f"{site.urls.base}id/{segment}/" for segment in SEGMENTS)
    index = site.documents
    described = index.subjects() if isinstance(index, DocumentIndex) else ()
    others = (node.value for node in described if isinstance(node, NamedNode) and node.value.startswith(starts))
    return [NamedNode(iri) for iri in sorted({*named, *others})]


def list_entities(site: Site) -> tuple[Entity, ...]:
    """Return all resources that claims name, by kind, those that most claims name first.

    :param site: a site with claims
    """
    about: Counter[str] = Counter()
    makes: Counter[str] = Counter()
    units: dict[str, set[str]] = {}
    for claim in site.claims.claims.values():
        if claim.is_relay:
            continue
        subjects = set(_list_subjects(claim))
        speakers = {speaker.iri for speaker in claim.claimants}
        about.update(subjects)
        makes.update(speakers)
        for iri in subjects | speakers:
            units.setdefault(iri, set()).update(claim.units)
    heads = map_sections(site.claims)
    found = []
    for node in _list_nodes(site, {*about, *makes}):
        kind = _find_kind(site, node)
        if kind is not None:
            own = sorted(units.get(node.value, ()))
            sections = tuple(dict.fromkeys(heads[unit] for unit in own if unit in heads))
            counts = (about[node.value], makes[node.value], len(own))
            found.append(Entity(_name(site, node), _name(site, kind), *counts, sections))
    return tuple(sorted(found, key=_order))


def _order(entity: Entity) -> tuple[int, str, int, str, str]:
    segment = next((place for place, name in enumerate(SEGMENTS) if f"/id/{name}/" in entity.named.iri), len(SEGMENTS))
    return segment, entity.kind.text, -(entity.about + entity.by), entity.named.text.lower(), entity.named.iri


def list_rows(entities: Sequence[Entity]) -> list[dict[str, Any]]:
    """Return one row for each entity."""
    return [
        {
            "entity": entity.named.iri,
            "name": entity.named.text,
            "kind": entity.kind.text,
            "claimsAbout": entity.about,
            "claimsBy": entity.by,
            "sentences": entity.sentences,
            "sections": [heading for _, heading in entity.sections],
        }
        for entity in entities
    ]
