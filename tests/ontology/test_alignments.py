"""Alignments stand apart: core modules need none of them, and every foreign term really exists."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rdflib import OWL, RDF, RDFS, URIRef
from rdflib.namespace import SKOS

from eild.namespaces import EILD, ONTOLOGY_IRI
from eild.terms import BASE, PREFIXES

if TYPE_CHECKING:
    from collections.abc import Callable

    from rdflib.term import Node

    from eild.located import LocatedGraph, Triple

MAPPINGS = frozenset(
    {
        RDFS.subClassOf,
        RDFS.subPropertyOf,
        OWL.equivalentClass,
        OWL.equivalentProperty,
        SKOS.exactMatch,
        SKOS.closeMatch,
        SKOS.broadMatch,
        SKOS.narrowMatch,
        SKOS.relatedMatch,
    }
)

SUPERCLASSES = {
    "Claim": "prov:Entity",
    "Proposition": "prov:Entity",
    "Evidence": "oa:SpecificResource",
    "SourceDocument": "prov:Entity",
    "Agent": "prov:Agent",
    "Occasion": "sem:Event",
    "Election": "sem:Event",
    "ElectoralContest": "sem:Event",
    "Asset": "prov:Entity",
    "Place": "prov:Location",
    "Platform": "prov:Entity",
    "Quantity": "schema:QuantitativeValue",
    "TimeExpression": "time:TemporalEntity",
}
"""The superclasses in other vocabularies that the model names."""

TARGETS = {
    "align-prov": ["http://www.w3.org/ns/prov#"],
    "align-schema": ["https://schema.org/"],
    "align-oa-nif": ["http://www.w3.org/ns/oa#", PREFIXES["nif"]],
    "align-foaf-org": ["http://xmlns.com/foaf/0.1/", "http://www.w3.org/ns/org#"],
    "align-sem-time": ["http://semanticweb.cs.vu.nl/2009/11/sem/", "http://www.w3.org/2006/time#"],
    "align-cito-crm": ["http://purl.org/spar/cito/", "http://www.cidoc-crm.org/extensions/crminf/"],
    "align-stix": ["http://docs.oasis-open.org/ns/cti/stix#"],
    "align-dcterms": ["http://purl.org/dc/terms/"],
}
"""The vocabularies that each alignment maps to."""


def _mappings(module: LocatedGraph) -> list[Triple]:
    own = (str(EILD), BASE)
    return [t for t in module.graph if t[1] in MAPPINGS and not str(t[2]).startswith(own)]


def _unknown(node: Node, vocabularies: dict[str, set[str]]) -> str:
    """Return why an IRI is no term of a known vocabulary, or nothing if it is one."""
    iri = str(node)
    spaces = [space for space in vocabularies if iri.startswith(space)]
    if not spaces:
        return f"{iri} belongs to no known vocabulary"
    space = max(spaces, key=len)
    return "" if iri[len(space) :] in vocabularies[space] else f"{iri} does not exist in its vocabulary"


def test_core_modules_hold_no_alignment(
    modules: dict[str, LocatedGraph], no_offenders: Callable[[list[str], str], None]
) -> None:
    """The core modules map to no other vocabulary; concepts being SKOS concepts is the only foreign superclass."""
    offenders = []
    for name, module in modules.items():
        if not name.startswith("align-"):
            found = [t for t in _mappings(module) if t[1:] != (RDFS.subClassOf, SKOS.Concept)]
            offenders += [f"{module.locate(*t)}: {t[0]} to {t[2]}" for t in found]
    no_offenders(offenders, "Move the triple to an alignment.")


def test_alignments_hold_only_headers_mappings_and_declarations(
    modules: dict[str, LocatedGraph], no_offenders: Callable[[list[str], str], None]
) -> None:
    """An alignment declares no term of EILD and says nothing but mappings of existing terms."""
    offenders = []
    for name in TARGETS:
        module = modules[name]
        for triple in module.graph:
            subject, predicate, obj = triple
            in_header = subject == URIRef(f"{ONTOLOGY_IRI}/{name}")
            declares = predicate == RDF.type and not str(subject).startswith(str(EILD))
            if not (in_header or declares or triple in _mappings(module)):
                offenders.append(f"{module.locate(*triple)}: {subject} {predicate} {obj}")
    no_offenders(offenders, "Move what is no mapping to a core module.")


def test_alignment_maps_to_the_vocabularies_of_its_name(modules: dict[str, LocatedGraph]) -> None:
    """Each alignment maps to every vocabulary that it is named after and to no other."""
    assert {name for name in modules if name.startswith("align-")} == set(TARGETS)
    for name, spaces in TARGETS.items():
        targets = [str(t[2]) for t in _mappings(modules[name])]
        strays = [target for target in targets if not target.startswith(tuple(spaces))]
        assert not strays, f"{name}.ttl maps to {strays}"
        for space in spaces:
            assert any(target.startswith(space) for target in targets), f"{name}.ttl has nothing from {space}"


def test_alignment_subjects_are_terms_or_concepts_of_eild(
    alignments: LocatedGraph, terms: list[URIRef], schemes: LocatedGraph
) -> None:
    """What an alignment maps exists: a term of the ontology or a concept of a scheme."""
    known = {*terms, *schemes.graph.subjects(RDF.type, SKOS.Concept)}
    assert not [t[0] for t in _mappings(alignments) if t[0] not in known]


def test_alignment_holds_the_superclasses_of_the_model(alignments: LocatedGraph) -> None:
    """Every superclass in another vocabulary that the model names stands in an alignment."""
    prefixes = {**PREFIXES, "time": "http://www.w3.org/2006/time#"}
    for name, target in SUPERCLASSES.items():
        prefix, local = target.split(":")
        triple = (EILD[name], RDFS.subClassOf, URIRef(prefixes[prefix] + local))
        assert triple in alignments.graph, f"{name} is not below {target}"


def test_claimant_is_an_attribution_in_the_alignment_only(
    core: LocatedGraph, alignments: LocatedGraph, vocabularies: dict[str, set[str]]
) -> None:
    """The claimant's superproperty prov:wasAttributedTo stands in the alignment and not in the core."""
    space = "http://www.w3.org/ns/prov#"
    assert "wasAttributedTo" in vocabularies[space]
    assert (EILD.claimant, RDFS.subPropertyOf, URIRef(space + "wasAttributedTo")) in alignments.graph
    assert not list(core.graph.objects(EILD.claimant, RDFS.subPropertyOf))


def test_foreign_terms_of_the_ontology_exist(
    core: LocatedGraph,
    alignments: LocatedGraph,
    vocabularies: dict[str, set[str]],
    no_offenders: Callable[[list[str], str], None],
) -> None:
    """Every predicate, type and mapped term of the ontology exists in its vocabulary."""
    offenders = []
    for located in (core, alignments):
        graph = located.graph
        nodes = {*graph.predicates(), *graph.objects(None, RDF.type)}
        nodes |= {o for p in (RDFS.domain, RDFS.range, *MAPPINGS) for o in graph.objects(None, p)}
        offenders += [why for node in nodes if (why := _unknown(node, vocabularies))]
    no_offenders(offenders, "Correct the term, or pin it in tests/ontology/vocabularies after looking it up.")


def test_foreign_terms_of_the_data_exist(
    data: LocatedGraph, vocabularies: dict[str, set[str]], no_offenders: Callable[[list[str], str], None]
) -> None:
    """Every predicate and every class of the curated data exists in its vocabulary."""
    nodes = {*data.graph.predicates(), *data.graph.objects(None, RDF.type)}
    offenders = [why for node in nodes if (why := _unknown(node, vocabularies))]
    no_offenders(offenders, "Correct the term, or pin it in tests/ontology/vocabularies after looking it up.")


def test_pinned_vocabularies_name_their_source(vocabularies: dict[str, set[str]]) -> None:
    """Each pinned list says which namespace it pins and holds at least one term."""
    for namespace, names in vocabularies.items():
        assert namespace.startswith("http"), f"no namespace in the first line: {namespace}"
        assert names, f"no terms for {namespace}"
