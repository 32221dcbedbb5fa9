"""What stands around a resource: by the claims that name it, or else by the links of the data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from pyoxigraph import NamedNode

from eild import nodes
from eild.claims import OPPOSED, Named
from eild.claims.involvement import SUBJECT_SLOTS
from eild.documents.names import choose_name
from eild.web.frame.listing import make_query, query_path
from eild.web.frame.views import hide_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from eild.claims import Claim, Proposition
    from eild.web.frame.site import Site

    _Link = tuple[str, Named, str]
    """Side, neighbour, and what it is there."""

ROLE_NAMES: Final = {
    "target": "target",
    "election": "election",
    "technique": "technique",
    "topic": "topic",
    "narrative": "narrative",
    "platform": "platform",
    "describedAs": "what it is called",
    "occasion": "occasion",
    "effectiveTarget": "person targeted",
    "relativeTo": "what dates it",
}
"""Slots of a proposition whose values are shown, by what pages call them there."""

RELATIONS: Final = {
    "belongs-to": ("said to own it", "said to belong to it"),
    "based-in": ("where it is said to be", "said to be there"),
    "linked-to": ("said to be linked to it", "said to be linked to it"),
}
"""Actions that relate their subject to their target: what the target is to the subject, and the subject to it."""

MOST_READ: Final = 200
"""How many neighbours a side the page of neighbours lists, where the data has no claims."""

LEFT: Final = "left"
RIGHT: Final = "right"

_HEADS_OF_CLAIMS: Final = ("Behind it and about it", "Targets, platforms, topics …")
_HEADS_OF_LINKS: Final = ("Points to it", "It points to")
_RECORDED: Final = {"pertainsTo": ("belongs to, by name", "by name, part of it")}


@dataclass(frozen=True)
class Neighbour:
    """A resource beside another.

    :ivar named: the resource
    :ivar roles: what it is to the other, the commonest first
    :ivar claims: the claims that say so; none if the record itself does
    """

    named: Named
    roles: tuple[str, ...]
    claims: tuple[Claim, ...] = ()

    @property
    def is_only_opposed(self) -> bool:
        """Whether all claims that name both say, find or promise that it is not so."""
        return bool(self.claims) and all(claim.stance.slug in OPPOSED for claim in self.claims)

    @property
    def stances(self) -> tuple[str, ...]:
        """The stances of its claims, each once."""
        return tuple(dict.fromkeys(claim.stance.text for claim in self.claims))

    @property
    def note(self) -> str:
        """What it is to the other, in a few words."""
        roles = ", ".join(self.roles[:2])
        if self.is_only_opposed:
            return f"{roles} ({', '.join(self.stances)})"
        if self.claims and all(claim.is_coding for claim in self.claims):
            return f"{roles} · the editor’s own reading"
        return roles


@dataclass(frozen=True)
class Neighbourhood:
    """A resource with its neighbours on two sides.

    :ivar named: the resource
    :ivar left: those behind it and those who speak of it, the ones of most claims first
    :ivar right: what it is said to do, to whom and how
    :ivar heads: what the two sides are called
    :ivar query: path of the query that finds them
    """

    named: Named
    left: tuple[Neighbour, ...]
    right: tuple[Neighbour, ...]
    heads: tuple[str, str]
    query: str

    @property
    def rests_on_claims(self) -> bool:
        """Whether claims tell who stands beside it."""
        return any(neighbour.claims for neighbour in (*self.left, *self.right))

    def __bool__(self) -> bool:
        """Whether there are any neighbours."""
        return bool(self.left or self.right)


class _Sides:
    """Collects the neighbours on both sides: by resource, what it is there and the claims that say so."""

    def __init__(self) -> None:
        self._found: dict[str, dict[Named, dict[str, dict[Claim, None]]]] = {LEFT: {}, RIGHT: {}}

    def add(self, link: _Link, claim: Claim | None = None) -> None:
        """Add what a resource is, and the claim that says so."""
        side, named, role = link
        claims = self._found[side].setdefault(named, {}).setdefault(role, {})
        if claim is not None:
            claims[claim] = None

    def drop(self, iri: str) -> None:
        """Leave out a resource."""
        for found in self._found.values():
            for named in [named for named in found if named.iri == iri]:
                del found[named]

    def settle(self) -> None:
        """Put what is on both sides on one: that of more claims, the left where they are equal."""
        for named in [named for named in self._found[LEFT] if named in self._found[RIGHT]]:
            is_left = self._count(LEFT, named) >= self._count(RIGHT, named)
            kept, left = (LEFT, RIGHT) if is_left else (RIGHT, LEFT)
            for role, claims in self._found[left].pop(named).items():
                self._found[kept][named].setdefault(role, {}).update(claims)

    def _count(self, side: str, named: Named) -> int:
        return len({claim for claims in self._found[side][named].values() for claim in claims})

    def list(self, side: str) -> tuple[Neighbour, ...]:
        """Return the neighbours on a side, those of most claims first, then by name."""
        found = []
        for named, roles in self._found[side].items():
            order = sorted(roles, key=lambda role: (-len(roles[role]), role))
            claims = tuple(dict.fromkeys(claim for role in order for claim in roles[role]))
            found.append(Neighbour(named, tuple(order), claims))
        return tuple(sorted(found, key=lambda item: (-len(item.claims), item.named.text, item.named.iri)))


def _list_subjects(part: Proposition) -> list[tuple[str, Named]]:
    """Return who acts in a proposition, and of what it says something, each with its slot."""
    return [(slot, value) for slot in SUBJECT_SLOTS for value in part.slots.get(slot, ())]


def _list_objects(part: Proposition) -> list[tuple[str, Named]]:
    """Return what else is shown of a proposition, each with what pages call its slot."""
    return [(name, value) for slot, name in ROLE_NAMES.items() for value in part.slots.get(slot, ())]


def _link_named(claim: Claim, part: Proposition, iri: str) -> Iterator[_Link]:
    """Yield who is beside a resource because a proposition names it."""
    is_subject = any(value.iri == iri for _, value in _list_subjects(part))
    action = next((value.slug for value in part.slots.get("action", ())), "")
    behind, before = RELATIONS.get(action, ("", ""))
    for slot, value in _list_subjects(part):
        if behind and not is_subject:
            yield RIGHT, value, before
        else:
            yield LEFT, value, "in the same act" if is_subject else "it is said of" if slot == "about" else slot
    for role, value in _list_objects(part):
        yield (LEFT, value, behind) if behind and role == "target" else (RIGHT, value, role)
    for speaker in claim.claimants:
        yield LEFT, speaker, "speaks of it"


def _link_speaker(claim: Claim) -> Iterator[_Link]:
    """Yield who is beside the speaker of a claim."""
    for part in claim.propositions:
        for _, value in (*_list_subjects(part), *_list_objects(part)):
            yield RIGHT, value, "it speaks of"
    for addressee in claim.addressees:
        yield RIGHT, addressee, "it speaks to"
    for document in claim.documents:
        yield RIGHT, document, "it says so in"


def _link_place(claim: Claim, spoken: str) -> Iterator[_Link]:
    """Yield who is beside the document or the occasion of a claim."""
    for speaker in claim.claimants:
        yield LEFT, speaker, f"speaks {spoken}"
    for addressee in claim.addressees:
        yield LEFT, addressee, f"is spoken to {spoken}"
    for part in claim.propositions:
        for _, value in _list_subjects(part):
            yield RIGHT, value, f"spoken of {spoken}"


def _link_claim(claim: Claim, iri: str) -> Iterator[_Link]:
    """Yield who is beside a resource by one claim."""
    for part in claim.propositions:
        if any(value.iri == iri for values in part.slots.values() for value in values):
            yield from _link_named(claim, part, iri)
    if any(speaker.iri == iri for speaker in claim.claimants):
        yield from _link_speaker(claim)
    if any(document.iri == iri for document in claim.documents):
        yield from _link_place(claim, "in it")
    if any(occasion.iri == iri for occasion in claim.occasions):
        yield from _link_place(claim, "there")


def _name(site: Site, node: NamedNode) -> Named:
    return Named(choose_name(site.documents, site.prefixes, node), node.value)


def _link_records(site: Site, node: NamedNode) -> Iterator[_Link]:
    """Yield who is beside a resource by its name: bodies of a state, things of a person."""
    for name, (forward, backward) in _RECORDED.items():
        predicate = nodes.EILD[name]
        for target in site.documents.find_objects(node, predicate):
            if isinstance(target, NamedNode):
                yield RIGHT, _name(site, target), forward
        for triple in site.documents.incoming(node):
            if triple.predicate == predicate and isinstance(triple.subject, NamedNode):
                yield LEFT, _name(site, triple.subject), backward


def _make_claim_query(iri: str) -> str:
    body = f"""SELECT ?claim ?speaker ?stance ?slot ?neighbour WHERE {{
  VALUES ?resource {{ <{iri}> }}
  ?claim eild:claimant ?speaker ; eild:stance/skos:prefLabel ?stance ; eild:hasProposition ?proposition .
  {{ ?proposition ?own ?resource }} UNION {{ ?claim eild:claimant|eild:statedIn|eild:occasion ?resource }}
  ?proposition ?property ?other .
  FILTER ( isIRI(?other) && ?other != ?resource && ?property != rdf:type )
  ?property rdfs:label ?slot .
  ?other rdfs:label|skos:prefLabel ?neighbour .
}} ORDER BY ?claim ?slot"""
    return make_query(body, ("eild", "rdf", "rdfs", "skos"))


def _make_link_query(iri: str) -> str:
    return f"""SELECT ?subject ?property ?object WHERE {{
  VALUES ?resource {{ <{iri}> }}
  {{ ?resource ?property ?object . BIND(?resource AS ?subject) FILTER isIRI(?object) }}
  UNION {{ ?subject ?property ?resource . BIND(?resource AS ?object) FILTER isIRI(?subject) }}
}} LIMIT {2 * MOST_READ}"""


def _build_linked(site: Site, node: NamedNode) -> Neighbourhood:
    """Return the neighbours of a resource by the triples that link them, at most :data:`MOST_READ` a side."""
    index = site.documents
    before: dict[NamedNode, dict[NamedNode, None]] = {}
    after: dict[NamedNode, dict[NamedNode, None]] = {}
    for triple in index.incoming(node):
        if len(before) >= MOST_READ:
            break
        if isinstance(triple.subject, NamedNode) and triple.subject != node:
            before.setdefault(triple.subject, {})[triple.predicate] = None
    for triple in index.outgoing(node):
        target = triple.object
        if isinstance(target, NamedNode) and target != node and triple.predicate != nodes.RDF.type:
            after.setdefault(target, {})[triple.predicate] = None
    kept = dict(list(after.items())[:MOST_READ])
    predicates = {predicate for names in (*before.values(), *kept.values()) for predicate in names}
    index.prepare([*before, *kept, *predicates])
    hidden = site.claims.list_warned_words()
    sides = _Sides()
    for side, linked in ((LEFT, before), (RIGHT, kept)):
        for other, names in linked.items():
            named = Named(hide_text(_name(site, other).text, hidden), other.value)
            for name in names:
                sides.add((side, named, _name(site, name).text))
    own = Named(hide_text(_name(site, node).text, hidden), node.value)
    query = query_path(_make_link_query(node.value))
    return Neighbourhood(own, sides.list(LEFT), sides.list(RIGHT), _HEADS_OF_LINKS, query)


def build_neighbourhood(site: Site, node: NamedNode) -> Neighbourhood:
    """Return what stands around a resource.

    Claims tell it where some name the resource; of other resources the triples that link them do.

    :param site: the site
    :param node: the resource
    """
    sides = _Sides()
    for claim in site.claims.claims.values():
        if not claim.is_relay:
            for link in _link_claim(claim, node.value):
                sides.add(link, claim)
    sides.drop(node.value)
    if not (sides.list(LEFT) or sides.list(RIGHT)):
        return _build_linked(site, node)
    for link in _link_records(site, node):
        sides.add(link)
    sides.drop(node.value)
    sides.settle()
    query = query_path(_make_claim_query(node.value))
    return Neighbourhood(_name(site, node), sides.list(LEFT), sides.list(RIGHT), _HEADS_OF_CLAIMS, query)


def list_rows(found: Neighbourhood) -> list[dict[str, Any]]:
    """Return one row for each neighbour."""
    sides = zip((LEFT, RIGHT), (found.left, found.right), strict=True)
    return [
        {
            "resource": found.named.iri,
            "side": side,
            "neighbour": item.named.iri,
            "name": item.named.text,
            "roles": list(item.roles),
            "stances": list(item.stances),
            "claims": [claim.iri for claim in item.claims],
        }
        for side, neighbours in sides
        for item in neighbours
    ]
