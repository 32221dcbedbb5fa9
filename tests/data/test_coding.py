"""EILD's coding of behaviours by DISARM: claims of its own, about concepts, resting on the words of the text."""

from __future__ import annotations

import csv
import re
from typing import TYPE_CHECKING, Final

import pytest
from rdflib import RDF, RDFS, SKOS, Graph, Literal, URIRef
from rdflib.namespace import DCTERMS

from eild.facts.reading import load_facts
from eild.namespaces import EILD
from eild.resources import resource_folder
from eild.terms import PREFIXES

if TYPE_CHECKING:
    from rdflib.term import Node

    from eild.facts.reading import Facts

EDITOR: Final = URIRef(PREFIXES["agent"] + "eild")
DISARM: Final = PREFIXES["technique"] + "disarm-"
CORRESPONDS: Final = URIRef(PREFIXES["act"] + "corresponds-to")
FIRST_CODING: Final = 101
"""Number of the first coding of a unit."""

EXPECTED_CLAIM: Final = {
    RDF.type: EILD.Claim,
    EILD.claimant: EDITOR,
    EILD.stance: URIRef(PREFIXES["stance"] + "affirms"),
    EILD.basis: URIRef(PREFIXES["basis"] + "derived"),
}


@pytest.fixture(scope="module")
def facts() -> Facts:
    """Return the curated facts."""
    return load_facts()


@pytest.fixture(scope="module")
def coding(facts: Facts) -> Graph:
    """Return what the file of codings says."""
    return facts.files["coding.ttl"].graph


@pytest.fixture(scope="module")
def merged(facts: Facts) -> Graph:
    """Return all curated facts."""
    return facts.located.graph


@pytest.fixture(scope="module")
def claims(coding: Graph) -> list[Node]:
    """Return the claims of the file of codings."""
    return sorted(coding.subjects(RDF.type, EILD.Claim), key=str)


def _value(graph: Graph, subject: Node, predicate: Node) -> Node:
    (value,) = graph.objects(subject, predicate)
    return value


def _unit_and_number(record: Node) -> tuple[str, int]:
    slug = re.search(r"(\d{3}-\d{3})-(\d+)$", str(record))
    assert slug, f"{record} is not named after its unit"
    return slug[1], int(slug[2])


def test_coding_claims_are_affirmed_by_the_editor_and_derived(coding: Graph, claims: list[Node]) -> None:
    """Each coding is affirmed by EILD, marked as derived, and has one proposition and evidence; nothing more."""
    assert len(claims) >= 14
    for claim in claims:
        found = dict(coding.predicate_objects(claim))
        assert {key: found.pop(key, None) for key in EXPECTED_CLAIM} == EXPECTED_CLAIM, claim
        assert set(found) == {EILD.hasProposition, EILD.evidence}, claim
        assert len(list(coding.objects(claim, EILD.hasProposition))) == 1, claim


def test_the_editor_claims_nothing_but_codings(merged: Graph, claims: list[Node]) -> None:
    """EILD is the claimant of its codings and of no statement of the text."""
    assert set(merged.subjects(EILD.claimant, EDITOR)) == set(claims)


def test_codings_relate_concepts_and_never_agents(coding: Graph, merged: Graph, claims: list[Node]) -> None:
    """A coding is about a concept that the text's own propositions use: it says nothing of any agent."""
    of_the_text = {obj for triple in merged if triple not in coding for obj in triple[2:]}
    for claim in claims:
        proposition = _value(coding, claim, EILD.hasProposition)
        assert {predicate for predicate, _ in coding.predicate_objects(proposition)} == {
            RDF.type,
            RDFS.label,
            EILD.about,
            EILD.action,
            EILD.target,
        }, proposition
        concept, target = (_value(coding, proposition, p) for p in (EILD.about, EILD.target))
        assert (concept, RDF.type, SKOS.Concept) in merged, f"{proposition} is about {concept}, which is no concept"
        assert not str(concept).startswith(DISARM), f"{proposition} is not about a concept of the text"
        assert concept in of_the_text, f"no proposition of the text uses {concept}"
        assert str(target).startswith(DISARM), f"{proposition} does not lead to a DISARM technique"
        assert _value(coding, proposition, EILD.action) == CORRESPONDS


def test_coding_evidence_is_of_the_claims_unit_and_used_by_the_text(facts: Facts, claims: list[Node]) -> None:
    """The evidence of a coding holds words on which a claim of the same unit rests."""
    graph = facts.located.graph
    for claim in claims:
        evidence = _value(graph, claim, EILD.evidence)
        assert _unit_and_number(evidence)[0] == _unit_and_number(claim)[0], claim
        others = set(graph.subjects(EILD.evidence, evidence)) - set(claims)
        assert others, f"{claim}: only codings rest on {evidence}"


def test_coding_numbers_start_where_those_of_the_text_never_come(merged: Graph, claims: list[Node]) -> None:
    """Codings are numbered from 101 in each unit and claims of the text below, so that either can grow."""
    of_the_text = set(merged.subjects(RDF.type, EILD.Claim)) - set(claims)
    assert min(number for _, number in map(_unit_and_number, claims)) == FIRST_CODING
    assert max(number for _, number in map(_unit_and_number, of_the_text)) < FIRST_CODING


def test_codings_and_matches_go_together(facts: Facts, coding: Graph, claims: list[Node]) -> None:
    """Each match with a DISARM technique among the links is claimed by EILD, once, and each coding has its match."""
    matches = {(s, o) for s, _, o in facts.files["links.ttl"].graph if str(o).startswith(DISARM)}
    coded = []
    for claim in claims:
        proposition = _value(coding, claim, EILD.hasProposition)
        coded.append((_value(coding, proposition, EILD.about), _value(coding, proposition, EILD.target)))
    assert sorted(coded) == sorted(matches)


def test_coding_labels_say_how_close_the_match_is(facts: Facts, coding: Graph) -> None:
    """The label of a coding says "close" or "loose", as the match among the links does."""
    links = facts.files["links.ttl"].graph
    words = {SKOS.closeMatch: "close", SKOS.relatedMatch: "loose"}
    for proposition in coding.subjects(RDF.type, EILD.Proposition):
        concept, target = (_value(coding, proposition, p) for p in (EILD.about, EILD.target))
        (match,) = (p for s, p, o in links if s == concept and o == target and isinstance(p, URIRef))
        label = str(_value(coding, proposition, RDFS.label))
        assert label.startswith(f"{words[match]} correspondence of "), label


def test_disarm_techniques_carry_code_page_and_source(merged: Graph) -> None:
    """Each DISARM technique has its code, its page and its name in the definition, and a coding leads to it."""
    with (resource_folder("data") / "links.csv").open(encoding="utf-8", newline="") as file:
        pages = {row["identifier"]: row["iri"] for row in csv.DictReader(file) if row["scheme"] == "disarm"}
    techniques = [s for s in merged.subjects(RDF.type, EILD.Technique) if str(s).startswith(DISARM)]
    assert techniques
    for technique in techniques:
        code = str(_value(merged, technique, SKOS.notation))
        assert str(technique) == DISARM + code.lower().replace(".", "-")
        assert _value(merged, technique, RDFS.seeAlso) == URIRef(pages[code])
        name = _value(merged, technique, SKOS.prefLabel)
        assert isinstance(name, Literal)
        opening = f"DISARM technique {code}, named '{name}', "
        assert str(_value(merged, technique, SKOS.definition)).startswith(opening), technique
        assert (None, EILD.target, technique) in merged, f"no coding leads to {technique}"
        assert (None, EILD.technique, technique) not in merged, f"{technique} is said to be used by somebody"


def test_technique_scheme_names_the_rights_of_disarm(merged: Graph) -> None:
    """The scheme says whose the names and codes are and under which licence; the notice beside the data says so too."""
    rights = str(_value(merged, URIRef(PREFIXES["scheme"] + "technique"), DCTERMS.rights))
    notice = (resource_folder("data") / "NOTICE.md").read_text(encoding="utf-8")
    for text in (rights, notice):
        assert "DISARM Foundation" in text
        assert "CC BY-SA 4.0" in text
    assert "© 2025 The MITRE Corporation. This work is reproduced and distributed with the permission of" in notice
