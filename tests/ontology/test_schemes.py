"""The concept schemes are sound SKOS, and the closed ones hold exactly the concepts of the model."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from typing import TYPE_CHECKING

import pytest
from rdflib import RDF, BNode, Literal, URIRef
from rdflib.namespace import DCTERMS, SKOS

from eild.namespaces import EILD
from eild.terms import BASE

if TYPE_CHECKING:
    from collections.abc import Callable

    from rdflib.term import Node

    from eild.located import LocatedGraph

SCHEMES = BASE + "id/concept/"

CLOSED = {
    "stance": "affirms negates denies pledges-not reports asks raises insults",
    "confidence": "low moderate high",
    "likelihood": "possible suspected likely almost-certain",
    "mode": "attempted ongoing general carried-out",
    "basis": "explicit coreference derived ambiguous",
    "temporal-relation": "before after during since shortly-before",
}
"""The closed lists of the model; those of a scale stand in its order."""

SCALES = ("confidence", "likelihood")

CLASS_OF_SCHEME = {
    "action-type": "ActionType",
    "confidence": "Confidence",
    "likelihood": "Likelihood",
    "narrative": "Narrative",
    "stance": "Stance",
    "technique": "Technique",
    "topic": "Topic",
}
"""The class of the concepts of a scheme, for the schemes that have one."""

NO_CLASS = frozenset({"kind", "office", "quality", "mode", "basis", "temporal-relation"})


def _concepts(schemes: LocatedGraph) -> set[Node]:
    return set(schemes.graph.subjects(RDF.type, SKOS.Concept))


def _scheme_slug(node: Node) -> str:
    return str(node).removeprefix(SCHEMES).split("/")[0]


def test_schemes_are_those_of_the_model(schemes: LocatedGraph) -> None:
    """There is one scheme for each of the thirteen that the model names, and no other."""
    found = {str(s).removeprefix(SCHEMES) for s in schemes.graph.subjects(RDF.type, SKOS.ConceptScheme)}
    assert found == {*CLASS_OF_SCHEME, *NO_CLASS}


@pytest.mark.parametrize("scheme", sorted(CLOSED))
def test_closed_scheme_holds_exactly_its_concepts(schemes: LocatedGraph, scheme: str) -> None:
    """A closed scheme holds the concepts of the model, all of them top concepts."""
    wanted = {URIRef(f"{SCHEMES}{scheme}/{slug}") for slug in CLOSED[scheme].split()}
    iri = URIRef(SCHEMES + scheme)
    assert set(schemes.graph.subjects(SKOS.inScheme, iri)) == wanted
    assert set(schemes.graph.objects(iri, SKOS.hasTopConcept)) == wanted


@pytest.mark.parametrize("scheme", SCALES)
def test_scale_notations_are_levels_in_order(schemes: LocatedGraph, scheme: str) -> None:
    """The concepts of a scale carry their levels as integers from one."""
    for level, slug in enumerate(CLOSED[scheme].split(), start=1):
        notations = list(schemes.graph.objects(URIRef(f"{SCHEMES}{scheme}/{slug}"), SKOS.notation))
        assert notations == [Literal(level)], f"{slug}: {notations}"


def test_scheme_is_described(schemes: LocatedGraph, no_offenders: Callable[[list[str], str], None]) -> None:
    """Each scheme has one title and description in English, a licence IRI and a creator."""
    offenders = []
    for scheme in schemes.graph.subjects(RDF.type, SKOS.ConceptScheme):
        for predicate in (DCTERMS.title, DCTERMS.description):
            values = list(schemes.graph.objects(scheme, predicate))
            if [v.language for v in values if isinstance(v, Literal)] != ["en"]:
                offenders.append(f"{schemes.locate(scheme)}: {predicate} is {values}")
        iris = (DCTERMS.license, DCTERMS.creator)
        missing = [p for p in iris if not isinstance(schemes.graph.value(scheme, p), URIRef)]
        offenders += [f"{schemes.locate(scheme)}: no {predicate}" for predicate in missing]
    no_offenders(offenders, "Give the scheme dct:title, dct:description, dct:license and dct:creator.")


def test_concept_iri_lies_in_its_one_scheme(
    schemes: LocatedGraph, no_offenders: Callable[[list[str], str], None]
) -> None:
    """Each concept is in exactly one scheme, under whose IRI its own lies as a kebab-case slug."""
    offenders = []
    for concept in _concepts(schemes):
        found = list(schemes.graph.objects(concept, SKOS.inScheme))
        pattern = rf"{re.escape(SCHEMES)}[a-z-]+/[a-z0-9]+(-[a-z0-9]+)*"
        if found != [URIRef(SCHEMES + _scheme_slug(concept))] or not re.fullmatch(pattern, str(concept)):
            offenders.append(f"{schemes.locate(concept)}: {concept} is in {found}")
    no_offenders(offenders, "Write skos:inScheme with the scheme that the concept's IRI starts with.")


def test_concept_class_is_that_of_its_scheme(
    schemes: LocatedGraph, no_offenders: Callable[[list[str], str], None]
) -> None:
    """Concepts are typed by the class of their scheme and by no other class of EILD."""
    offenders = []
    for concept in _concepts(schemes):
        name = CLASS_OF_SCHEME.get(_scheme_slug(concept))
        wanted = {SKOS.Concept} | ({EILD[name]} if name else set())
        found = set(schemes.graph.objects(concept, RDF.type))
        if found != wanted:
            offenders.append(f"{schemes.locate(concept)}: {concept} is {sorted(map(str, found))}")
    no_offenders(offenders, "Type the concept skos:Concept and with the class of its scheme, if it has one.")


def test_concept_has_one_preferred_label_per_language(
    schemes: LocatedGraph, no_offenders: Callable[[list[str], str], None]
) -> None:
    """Each concept has an English preferred label and one per language at most."""
    offenders = []
    for concept in _concepts(schemes):
        labels = list(schemes.graph.objects(concept, SKOS.prefLabel))
        languages = Counter(label.language for label in labels if isinstance(label, Literal))
        if languages["en"] != 1 or max(languages.values()) > 1 or None in languages:
            offenders.append(f"{schemes.locate(concept)}: {concept} has {labels}")
    no_offenders(offenders, "Write exactly one skos:prefLabel@en.")


def test_concept_labels_do_not_clash_within_a_scheme(
    schemes: LocatedGraph, no_offenders: Callable[[list[str], str], None]
) -> None:
    """No two concepts of a scheme share a label, and no concept has one label in two roles."""
    users: dict[tuple[str, str, str | None], list[Node]] = defaultdict(list)
    for predicate in (SKOS.prefLabel, SKOS.altLabel, SKOS.hiddenLabel):
        for concept, label in schemes.graph.subject_objects(predicate):
            if isinstance(label, Literal) and concept in _concepts(schemes):
                users[_scheme_slug(concept), str(label).casefold(), label.language].append(concept)
    offenders = [f"{label!r}: {concepts}" for (_, label, _), concepts in users.items() if len(concepts) > 1]
    no_offenders(offenders, "Rename one of the concepts or merge them.")


def test_concept_has_a_definition_that_is_a_sentence(
    schemes: LocatedGraph, no_offenders: Callable[[list[str], str], None]
) -> None:
    """Each concept has one English definition that starts with a capital and ends with a full stop."""
    offenders = []
    for concept in _concepts(schemes):
        found = list(schemes.graph.objects(concept, SKOS.definition))
        good = len(found) == 1 and isinstance(found[0], Literal) and found[0].language == "en"
        if not good or not re.fullmatch(r"[A-Z“].* .*\.", str(found[0]), re.DOTALL):
            offenders.append(f"{schemes.locate(concept)}: {concept} is defined by {found}")
    no_offenders(offenders, "Write one skos:definition@en, a sentence.")


def test_concept_scope_note_quotes_the_seed(
    schemes: LocatedGraph, seed_text: str, no_offenders: Callable[[list[str], str], None]
) -> None:
    """What a scope note puts between typographic quotation marks stands in the seed to the character."""
    offenders = []
    for concept, note in schemes.graph.subject_objects(SKOS.scopeNote):
        missing = [quote for quote in re.findall("“([^”]*)”", str(note)) if quote not in seed_text]
        if missing:
            offenders.append(f"{schemes.locate(concept, SKOS.scopeNote, note)}: {missing}")
    no_offenders(offenders, "Copy the words from the seed.")


def test_top_concepts_are_stated_both_ways_and_have_no_broader(
    schemes: LocatedGraph, no_offenders: Callable[[list[str], str], None]
) -> None:
    """The concepts without a broader one are the top concepts, stated by both SKOS properties."""
    graph = schemes.graph
    offenders = []
    for concept in _concepts(schemes):
        scheme = URIRef(SCHEMES + _scheme_slug(concept))
        top = not list(graph.objects(concept, SKOS.broader))
        stated = ((concept, SKOS.topConceptOf, scheme) in graph, (scheme, SKOS.hasTopConcept, concept) in graph)
        if stated != (top, top):
            offenders.append(f"{schemes.locate(concept)}: {concept} (top: {top}, stated: {stated})")
    no_offenders(offenders, "Write skos:topConceptOf and skos:hasTopConcept for concepts without skos:broader only.")


def test_broader_stays_in_the_scheme_and_has_no_cycle(schemes: LocatedGraph) -> None:
    """A broader concept exists in the same scheme, and no concept is broader than itself."""
    graph = schemes.graph
    for concept, broader in graph.subject_objects(SKOS.broader):
        assert broader in _concepts(schemes), f"{concept} has a broader concept that nothing describes: {broader}"
        assert _scheme_slug(concept) == _scheme_slug(broader), f"{concept} is below {broader}"
        assert concept not in graph.transitive_objects(broader, SKOS.broader), f"cycle through {concept}"


def test_narrower_is_left_to_the_reader(schemes: LocatedGraph) -> None:
    """Hierarchies are written with skos:broader alone, so that they cannot disagree."""
    assert not list(schemes.graph.subject_objects(SKOS.narrower))


def test_related_concepts_are_not_in_one_hierarchy(schemes: LocatedGraph) -> None:
    """No two related concepts are also broader and narrower, directly or not."""
    graph = schemes.graph
    for concept, other in graph.subject_objects(SKOS.related):
        assert other not in graph.transitive_objects(concept, SKOS.broader), f"{concept} and {other}"
        assert concept not in graph.transitive_objects(other, SKOS.broader), f"{concept} and {other}"


def test_action_type_has_one_of_seven_tops(schemes: LocatedGraph) -> None:
    """Every action type is one of the seven tops or has exactly one broader one that leads to a top."""
    graph = schemes.graph
    names = "influence-act cyber-act political-act speech-act attitude relation state".split()
    tops = {URIRef(f"{SCHEMES}action-type/{name}") for name in names}
    types = set(graph.subjects(SKOS.inScheme, URIRef(SCHEMES + "action-type")))
    assert tops <= types
    for concept in types - tops:
        broader = list(graph.objects(concept, SKOS.broader))
        assert len(broader) == 1, f"{schemes.locate(concept)}: {concept} has broader {broader}"
        assert tops & set(graph.transitive_objects(concept, SKOS.broader)), f"{concept} leads to no top"


def test_schemes_have_no_blank_nodes(schemes: LocatedGraph) -> None:
    """No scheme holds a blank node."""
    found = [triple for triple in schemes.graph if any(isinstance(node, BNode) for node in triple)]
    assert not found, f"give IRIs to the nodes of {found}"
