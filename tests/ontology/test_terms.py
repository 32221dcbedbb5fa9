"""Every term is labelled, defined by a sentence, shown by an example from the seed and placed in its module."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from rdflib import OWL, RDF, RDFS, Literal, URIRef
from rdflib.namespace import SKOS

from eild.namespaces import EILD, ONTOLOGY_IRI
from eild.terms import CLASSES, DERIVED_PROPERTIES, PROPERTIES

if TYPE_CHECKING:
    from collections.abc import Callable

    from rdflib.term import Node

    from eild.located import LocatedGraph

VERBS = frozenset("is are has contrasts holds reports responds says stands".split())
"""Finite verbs of the definitions: a definition without any of them is a phrase, not a sentence."""

MIN_WORDS = 6


def _names(graph: LocatedGraph, *kinds: URIRef) -> set[str]:
    found = {str(s) for kind in kinds for s in graph.graph.subjects(RDF.type, kind)}
    return {iri.removeprefix(str(EILD)) for iri in found if iri.startswith(str(EILD))}


def _is_sentence(text: str) -> bool:
    words = re.findall(r"[\w'-]+", text)
    return text[:1].isupper() and text.endswith(".") and len(words) >= MIN_WORDS and bool(VERBS & set(words))


def test_classes_declared_equal_the_list_in_code(core: LocatedGraph) -> None:
    """The ontology declares exactly the classes that eild.terms lists."""
    assert _names(core, OWL.Class) == set(CLASSES)


def test_properties_declared_equal_the_list_in_code(core: LocatedGraph) -> None:
    """The ontology declares exactly the properties that eild.terms lists, the derived ones included."""
    kinds = (OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty)
    assert _names(core, *kinds) == {*PROPERTIES, *DERIVED_PROPERTIES}


def test_derived_properties_declared_in_their_own_module(modules: dict[str, LocatedGraph]) -> None:
    """The module of derived shortcuts declares exactly the derived properties and says that they assert no claim."""
    graph = modules["derived"].graph
    assert _names(modules["derived"], OWL.ObjectProperty) == set(DERIVED_PROPERTIES)
    for name in DERIVED_PROPERTIES:
        note = str(graph.value(EILD[name], SKOS.scopeNote))
        assert "asserts no claim" in note, f"the scope note of {name} does not say that it asserts no claim"


def test_term_has_one_english_label(
    terms: list[URIRef], core: LocatedGraph, no_offenders: Callable[[list[str], str], None]
) -> None:
    """Each term has exactly one rdfs:label, in English."""
    offenders = []
    for term in terms:
        labels = list(core.graph.objects(term, RDFS.label))
        if [label.language for label in labels if isinstance(label, Literal)] != ["en"]:
            offenders.append(f"{core.locate(term)}: {term} has labels {labels}")
    no_offenders(offenders, "Give the term one rdfs:label@en.")


def test_term_labels_are_unique_among_classes_and_among_properties(core: LocatedGraph) -> None:
    """No two classes and no two properties share a label."""
    for names in (CLASSES, [*PROPERTIES, *DERIVED_PROPERTIES]):
        labels = Counter(str(core.graph.value(EILD[name], RDFS.label)).casefold() for name in names)
        shared = [label for label, count in labels.items() if count > 1]
        assert not shared, f"labels used twice: {shared}"


def test_term_has_one_definition_that_is_a_sentence(
    terms: list[URIRef], core: LocatedGraph, no_offenders: Callable[[list[str], str], None]
) -> None:
    """Each term has exactly one skos:definition@en, a full sentence and not the label."""
    offenders = []
    for term in terms:
        definitions = list(core.graph.objects(term, SKOS.definition))
        english = [d for d in definitions if isinstance(d, Literal) and d.language == "en"]
        label = str(core.graph.value(term, RDFS.label)).casefold()
        good = len(definitions) == len(english) == 1 and _is_sentence(str(english[0]))
        if not good or str(english[0]).rstrip(".").casefold() == label:
            offenders.append(f"{core.locate(term)}: {term} is defined by {definitions}")
    no_offenders(offenders, "Write one definition: a sentence with capital, verb and full stop.")


def test_term_definitions_are_unique(core: LocatedGraph) -> None:
    """No two terms have the same definition."""
    definitions = Counter(core.graph.objects(None, SKOS.definition))
    assert not [text for text, count in definitions.items() if count > 1]


def test_scope_notes_are_english_sentences(
    terms: list[URIRef], core: LocatedGraph, no_offenders: Callable[[list[str], str], None]
) -> None:
    """Scope notes are English sentences, at most one for a term."""
    offenders = []
    for term in terms:
        notes = list(core.graph.objects(term, SKOS.scopeNote))
        wrong = [n for n in notes if not (isinstance(n, Literal) and n.language == "en" and n.endswith("."))]
        if wrong or len(notes) > 1:
            offenders.append(f"{core.locate(term)}: {term} has scope notes {notes}")
    no_offenders(offenders, "Keep one scope note in English that ends with a full stop.")


def test_term_example_quotes_the_seed(
    terms: list[URIRef], core: LocatedGraph, seed_text: str, no_offenders: Callable[[list[str], str], None]
) -> None:
    """Each term has an English example whose words between typographic quotation marks stand in the seed."""
    offenders = []
    for term in terms:
        for example in list(core.graph.objects(term, SKOS.example)) or [Literal("")]:
            quotes = re.findall("“([^”]*)”", str(example))
            missing = [quote for quote in quotes if quote not in seed_text]
            language = example.language if isinstance(example, Literal) else None
            if not quotes or missing or language != "en":
                offenders.append(f"{core.locate(term)}: {term}, words not in the seed: {missing or 'no quotation'}")
    no_offenders(offenders, "Quote the seed to the character between “ and ”.")


def test_term_is_defined_by_the_module_that_declares_it(
    modules: dict[str, LocatedGraph], no_offenders: Callable[[list[str], str], None]
) -> None:
    """Each term is declared in one module only and rdfs:isDefinedBy names that module."""
    offenders = []
    declared: Counter[Node] = Counter()
    for name, module in modules.items():
        if name.startswith("align-"):
            continue
        for term in set(module.graph.subjects(RDF.type, None)):
            if not str(term).startswith(str(EILD)):
                continue
            declared[term] += 1
            homes = list(module.graph.objects(term, RDFS.isDefinedBy))
            if homes != [URIRef(f"{ONTOLOGY_IRI}/{name}")]:
                offenders.append(f"{module.locate(term)}: {term} is defined by {homes}")
    offenders += [f"{term} is declared in {count} modules" for term, count in declared.items() if count > 1]
    no_offenders(offenders, "Let rdfs:isDefinedBy name the one module that declares the term.")


def test_term_names_follow_the_case_convention(core: LocatedGraph) -> None:
    """Classes are named in UpperCamelCase and properties in lowerCamelCase."""
    properties = _names(core, OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty)
    wrong = [name for name in _names(core, OWL.Class) if not re.fullmatch(r"(?:[A-Z][a-z]+)+", name)]
    wrong += [name for name in properties if not re.fullmatch(r"[a-z]+(?:[A-Z][a-z]+)*", name)]
    assert not wrong, f"rename {wrong}"
