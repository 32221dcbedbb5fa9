"""The links to other datasets follow the reviewed table: nothing beside it, and no link stronger than its match."""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import pytest
from rdflib import DCTERMS, FOAF, OWL, RDF, RDFS, SKOS, Graph, Literal, URIRef

from eild.facts.reading import load_facts
from eild.namespaces import EILD
from eild.resources import resource_folder
from eild.terms import PREFIXES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rdflib.term import Node

    from eild.facts.reading import Facts

COLUMNS: Final = ["subject", "relation", "entity", "scheme", "identifier", "iri", "match", "evidence", "remark"]
CODES: Final = frozenset({"attack", "bioguide"})
"""Schemes whose identifiers have no IRI of their own, so that they stand as ``dct:identifier`` too."""

SCHEME_IRIS: Final = {
    "attack": r"https://attack\.mitre\.org/groups/{id}",
    "bioguide": r"https://bioguide\.congress\.gov/search/bio/{id}",
    "dbpedia": r"http://dbpedia\.org/resource/{id}",
    "disarm": r"https://github\.com/DISARMFoundation/DISARMframeworks/blob/main/generated_pages/\w+/{id}\.md",
    "geonames": r"https://sws\.geonames\.org/{id}/",
    "lcsh": r"http://id\.loc\.gov/authorities/subjects/{id}",
    "other": r"(urn:uuid:|http://eurovoc\.europa\.eu/|http://publications\.europa\.eu/resource/authority/country/){id}",
    "wikidata": r"http://www\.wikidata\.org/entity/{id}",
    "wikipedia": r"https://en\.wikipedia\.org/wiki/{id}",
}
"""How an IRI of each scheme is made of its identifier."""

MATCHES: Final = {
    "exact": SKOS.exactMatch,
    "close": SKOS.closeMatch,
    "broad": SKOS.broadMatch,
    "related": SKOS.relatedMatch,
}
RANKS: Final = {
    OWL.sameAs: 3,
    SKOS.exactMatch: 3,
    FOAF.isPrimaryTopicOf: 3,
    SKOS.closeMatch: 2,
    SKOS.broadMatch: 1,
    SKOS.relatedMatch: 1,
    RDFS.seeAlso: 0,
}
"""How much a property of a link says: from identity (3) to a mere pointer (0)."""

IDENTITY: Final = (OWL.sameAs, SKOS.exactMatch, FOAF.isPrimaryTopicOf)


@dataclass(frozen=True)
class Row:
    """A row of the reviewed table."""

    subject: URIRef | None
    relation: URIRef | None
    scheme: str
    identifier: str
    iri: str
    match: str
    evidence: str
    remark: str

    @property
    def is_cluster(self) -> bool:
        """Whether the identifier is the UUID of a cluster that describes the very entity."""
        return self.iri.startswith("urn:uuid:")


def _expand(name: str) -> URIRef | None:
    prefix, _, local = name.partition(":")
    return URIRef(PREFIXES[prefix] + local) if name else None


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    """Return the reviewed table."""
    with (resource_folder("data") / "links.csv").open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        assert reader.fieldnames == COLUMNS
        return [
            Row(
                _expand(row["subject"]),
                _expand(row["relation"]),
                **{name: row[name] for name in ("scheme", "identifier", "iri", "match", "evidence", "remark")},
            )
            for row in reader
        ]


@pytest.fixture(scope="module")
def used(rows: list[Row]) -> list[tuple[URIRef, URIRef, Row]]:
    """Return subject, property and row of each row that is used."""
    return [(row.subject, row.relation, row) for row in rows if row.subject and row.relation]


@pytest.fixture(scope="module")
def facts() -> Facts:
    """Return the curated facts."""
    return load_facts()


@pytest.fixture(scope="module")
def links(facts: Facts) -> Graph:
    """Return what the file of links says."""
    return facts.files["links.ttl"].graph


@pytest.fixture(scope="module")
def merged(facts: Facts) -> Graph:
    """Return all curated facts."""
    return facts.located.graph


def _fail_for(offenders: Iterable[object], remedy: str) -> None:
    listing = "\n".join(f"  {offender}" for offender in offenders)
    assert not listing, f"offenders:\n{listing}\n{remedy}"


def _disarm_concept(code: str) -> URIRef:
    return URIRef(f"{PREFIXES['technique']}disarm-{code.lower().replace('.', '-')}")


def _default_relation(subject: Node, row: Row, merged: Graph) -> URIRef:
    """Return the property that the rule gives to a match, before an editor's caution."""
    types = set(merged.objects(subject, RDF.type))
    if row.scheme == "wikipedia":
        exact = OWL.sameAs if EILD.SourceDocument in types else FOAF.isPrimaryTopicOf
        return exact if row.match == "exact" else RDFS.seeAlso
    if SKOS.Concept in types:
        return MATCHES[row.match]
    identifies = row.scheme in {"wikidata", "dbpedia", "geonames"} or row.is_cluster
    if row.match == "exact" and identifies and EILD.SourceDocument not in types:
        return OWL.sameAs
    return RDFS.seeAlso


def test_links_say_exactly_what_the_table_says(
    links: Graph, used: list[tuple[URIRef, URIRef, Row]], merged: Graph
) -> None:
    """Every used row is a link (and an identifier where the scheme has no IRIs), and there is no other."""
    expected: set[tuple[Node, Node, Node]] = set()
    for subject, relation, row in used:
        is_coded = row.scheme == "disarm" and (subject, RDF.type, SKOS.Concept) in merged
        expected.add((subject, relation, _disarm_concept(row.identifier) if is_coded else URIRef(row.iri)))
        if row.scheme in CODES:
            expected.add((subject, DCTERMS.identifier, Literal(f"{row.scheme}:{row.identifier}")))
    found = set(links)
    _fail_for(sorted(found - expected), "Verify the identifier and add it to data/links.csv, or remove the link.")
    _fail_for(sorted(expected - found), "Add the link to data/links.ttl, or leave the row out with a remark.")


def test_every_row_is_used_or_left_out_with_a_reason(rows: list[Row]) -> None:
    """A row without a subject has no property and says why; the table is not cut short."""
    assert len(rows) >= 249
    offenders = [row for row in rows if (row.subject is None) != (row.relation is None)]
    offenders += [row for row in rows if row.subject is None and not row.remark]
    _fail_for(offenders, "Give the row a subject and a property, or neither and the reason as remark.")


def test_identifiers_have_the_iri_of_their_scheme(rows: list[Row]) -> None:
    """Each IRI is made of its identifier in the way of its scheme, says where it was verified, and stands once."""
    offenders: list[object] = []
    for row in rows:
        pattern = SCHEME_IRIS[row.scheme].replace("{id}", re.escape(row.identifier))
        if not re.fullmatch(pattern, row.iri) or not row.evidence or row.match not in MATCHES:
            offenders.append(row)
    seen: dict[tuple[object, ...], list[Row]] = defaultdict(list)
    for row in rows:
        if row.subject:
            seen[row.subject, row.iri].append(row)
    offenders += [same for same in seen.values() if len(same) > 1]
    _fail_for(offenders, "Copy identifier, IRI, match and evidence from the verified record, one row each.")


def test_subjects_of_links_are_described(links: Graph, merged: Graph) -> None:
    """Whatever is linked is described in the data: an agent, event, thing, source or concept."""
    coarse = tuple(PREFIXES[kind] for kind in ("agent", "event", "thing", "source", "scheme"))
    subjects = sorted({s for s in links.subjects() if isinstance(s, URIRef)})
    offenders = [s for s in subjects if not str(s).startswith(coarse) or (s, RDF.type, None) not in merged]
    _fail_for(offenders, "Describe the resource, correct its IRI, or leave the row out.")


def test_links_use_properties_of_their_kind(links: Graph, merged: Graph) -> None:
    """Concepts carry SKOS matches and never owl:sameAs; entities carry owl:sameAs and no SKOS match."""
    everywhere = {FOAF.isPrimaryTopicOf, RDFS.seeAlso, DCTERMS.identifier}
    offenders = []
    for triple in links:
        is_concept = (triple[0], RDF.type, SKOS.Concept) in merged
        allowed = everywhere | (set(MATCHES.values()) if is_concept else {OWL.sameAs})
        if triple[1] not in allowed:
            offenders.append(triple)
    _fail_for(offenders, "Entities: owl:sameAs or rdfs:seeAlso; concepts: a SKOS match; pages: foaf:isPrimaryTopicOf.")


def test_links_are_as_strong_as_the_match_or_weaker_with_a_reason(
    used: list[tuple[URIRef, URIRef, Row]], merged: Graph
) -> None:
    """A link says what the rule gives for its match; where an editor's caution says less, the remark says why."""
    offenders = []
    for subject, relation, row in used:
        default = _default_relation(subject, row, merged)
        weaker = RANKS[relation] < RANKS[default] or (relation, default) == (SKOS.relatedMatch, SKOS.broadMatch)
        if relation != default and not (weaker and row.remark):
            offenders.append((row, f"the rule gives {default}"))
    _fail_for(offenders, "Use the property of the rule, or a weaker one with the reason as remark.")


def test_no_two_resources_are_the_same_by_way_of_a_link(links: Graph) -> None:
    """No IRI elsewhere is said to be identical with, or the page of, two resources of EILD."""
    users: dict[Node, set[Node]] = defaultdict(set)
    for relation in IDENTITY:
        for subject, obj in links.subject_objects(relation):
            users[obj].add(subject)
    offenders = [(obj, sorted(map(str, subjects))) for obj, subjects in users.items() if len(subjects) > 1]
    _fail_for(offenders, "Keep the link on the one resource that is meant; use rdfs:seeAlso on the other.")


def test_a_state_is_not_its_territory(links: Graph, merged: Graph) -> None:
    """States, which are agents here, are not identified with places of a gazetteer."""
    found = [
        (state, obj)
        for state in merged.subjects(RDF.type, EILD.State)
        for obj in links.objects(state, OWL.sameAs)
        if "geonames.org" in str(obj)
    ]
    _fail_for(found, "Use rdfs:seeAlso for the territory of a state.")
