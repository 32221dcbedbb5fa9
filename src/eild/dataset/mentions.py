"""Which entities the words of a unit name: by their names, or by evidence of them in that unit.

A name is the label or another wording that the text uses for an entity. Proper names are found wherever they occur;
the longest name at a place counts, so that "Chinese Embassy" does not name China. A name that several entities share,
and a description, such as that of a set or a document, count only in a unit whose claims involve the entity.
"""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING, Final

from rdflib import Literal, URIRef
from rdflib.namespace import RDF, RDFS, SKOS

from eild.dataset.paths import list_propositions, list_reached
from eild.namespaces import EILD, SCHEMA, empty_graph

if TYPE_CHECKING:
    from rdflib import Graph
    from rdflib.term import Node

    from eild.facts.evidence import Span
    from eild.seed.seeds import Seed

_ENTITIES: Final = tuple(f"/id/{kind}" for kind in ("agent", "event", "source", "thing"))
"""Ends of what the IRIs of resources that words can name begin with, whatever the base."""

_OF_CLAIM: Final = (EILD.claimant, EILD.addressee, EILD.occasion, EILD.statedIn)
_OF_PROPOSITION: Final = (
    *(EILD.about, EILD.actor, EILD.target, EILD.election, EILD.occasion, EILD.platform, EILD.relativeTo),
)
_DESCRIBED: Final = (*(EILD.AnonymousSpokesperson, EILD.Asset, EILD.ElectoralContest, EILD.Group, EILD.SourceDocument),)
"""Classes of resources that the text describes rather than names."""
_NAMED_OR_DESCRIBED: Final = (EILD.Occasion, EILD.Person)
"""Classes of resources that have a name, or else a description that begins with a lowercase letter."""
_ARTICLE: Final = re.compile(r"(?:The|An?) ")


def build_mentions(
    graph: Graph,
    seeds: tuple[Seed, ...],
    placed: dict[URIRef, list[Node]],
    spans: dict[Node, Span],
    editors: frozenset[Node] = frozenset(),
) -> Graph:
    """Return ``schema:mentions`` from each unit to the agents, events, documents and things that its words name.

    The article itself and the editors are excluded, because they speak in every sentence.

    :param graph: the curated entities, claims and propositions
    :param seeds: the seed texts
    :param placed: the claims of each unit (:func:`eild.dataset.placement.place_claims`)
    :param spans: where the words of each evidence stand
    :param editors: the agents that encode the texts
    """
    mentions = empty_graph()
    everywhere: set[Node] = {*editors, *(seed.document for seed in seeds)}
    names = _read_names(graph, everywhere)
    patterns = tuple(_compile(_choose(graph, names, described=described)) for described in (False, True))
    shared = {entity for entities in names.values() if len(entities) > 1 for entity in entities}
    shown = _find_evidenced(graph, spans)
    for seed in seeds:
        for iri, unit in seed.units_by_iri.items():
            involved = {entity for claim in placed.get(iri, ()) for entity in _list_entities(graph, claim)}
            found = set(shown[iri])
            for entity in _find_named(patterns, names, unit.text):
                is_name = entity not in shared and not _is_described(graph, entity)
                if is_name or entity in involved:
                    found.add(entity)
            for entity in found - everywhere:
                mentions.add((iri, SCHEMA.mentions, entity))
    return mentions


def _read_names(graph: Graph, everywhere: set[Node]) -> dict[str, set[Node]]:
    """Return the entities of each name."""
    names: dict[str, set[Node]] = defaultdict(set)
    for predicate in (RDFS.label, SKOS.altLabel):
        for entity, name in graph.subject_objects(predicate):
            if _is_entity(entity) and entity not in everywhere and isinstance(name, Literal):
                names[str(name)].add(entity)
    return names


def _choose(graph: Graph, names: dict[str, set[Node]], *, described: bool) -> list[str]:
    """Return the names of entities that are described, or of those that are not."""
    return [
        name for name, entities in names.items() if any(_is_described(graph, item) is described for item in entities)
    ]


def _compile(names: list[str]) -> re.Pattern[str]:
    """Return the pattern of some names, the longest first."""
    spellings = {spelling for name in names for spelling in _spell(name)}
    longest = sorted(spellings, key=lambda spelling: (-len(spelling), spelling))
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest)) or '(?!)'})(?!\w)")


def _spell(name: str) -> tuple[str, ...]:
    """Return a name as it is spelt within a sentence and at its beginning.

    A description may begin with a capital and an article without one; any other name has one spelling.
    """
    if name[0].islower() or _ARTICLE.match(name):
        return name[0].lower() + name[1:], name[0].upper() + name[1:]
    return (name,)


def _find_named(patterns: tuple[re.Pattern[str], ...], names: dict[str, set[Node]], text: str) -> set[Node]:
    """Return the entities whose names or descriptions occur in a text."""
    found = {match.group() for pattern in patterns for match in pattern.finditer(text)}
    return {entity for name, entities in names.items() if not found.isdisjoint(_spell(name)) for entity in entities}


def _find_evidenced(graph: Graph, spans: dict[Node, Span]) -> dict[URIRef, set[Node]]:
    """Return the entities that have evidence in each unit."""
    found: dict[URIRef, set[Node]] = defaultdict(set)
    for entity, evidence in graph.subject_objects(EILD.evidence):
        span = spans.get(evidence)
        if span is not None and _is_entity(entity):
            for unit in span.units:
                found[span.seed.unit_iri(unit)].add(entity)
    return found


def _list_entities(graph: Graph, claim: Node) -> set[Node]:
    """Return the entities that a claim and the propositions that it leads to involve."""
    found = {obj for predicate in _OF_CLAIM for obj in graph.objects(claim, predicate)}
    for proposition in list_propositions(graph, claim):
        found |= {obj for predicate in _OF_PROPOSITION for obj in graph.objects(proposition, predicate)}
        for time in graph.objects(proposition, EILD.eventTime):
            found |= set(graph.objects(time, EILD.relativeTo))
    for entity in list(found):
        found |= list_reached(graph, entity, EILD.pertainsTo)
    return {entity for entity in found if _is_entity(entity)}


def _is_described(graph: Graph, entity: Node) -> bool:
    """Return whether the text describes an entity; an occasion or a person has either a name or a description."""
    if any((entity, RDF.type, kind) in graph for kind in _NAMED_OR_DESCRIBED):
        return str(graph.value(entity, RDFS.label))[:1].islower()
    return any((entity, RDF.type, kind) in graph for kind in _DESCRIBED)


def _is_entity(node: Node) -> bool:
    return isinstance(node, URIRef) and str(node).rpartition("/")[0].endswith(_ENTITIES)
