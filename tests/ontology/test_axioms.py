"""The axioms are sound: closed, acyclic, without blank nodes, inverse pairs or contradictions, OWL 2 DL in form."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from rdflib import OWL, RDF, RDFS, BNode, Graph, Literal, URIRef
from rdflib.namespace import SKOS, XSD

from eild.namespaces import EILD

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from rdflib.term import Node

    from eild.located import LocatedGraph

PROPERTY_KINDS = frozenset({OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty})
SUBCLASSES = {
    "Attribution": "Evidence",
    "Quotation": "Evidence",
    "Person": "Agent",
    "AnonymousSpokesperson": "Agent",
    "Organization": "Agent",
    "GovernmentBody": "Organization",
    "State": "Agent",
    "CovertActor": "Agent",
}
"""The superclasses within EILD; classes of concepts are subclasses of skos:Concept, all others have none here."""

CONCEPT_CLASSES = frozenset("Topic Narrative Technique ActionType Stance Confidence Likelihood".split())

DOMAINS_AND_RANGES = {
    "claimant": ("Claim", None),
    "addressee": ("Claim", "Agent"),
    "occasion": (None, "Occasion"),
    "hasProposition": ("Claim", "Proposition"),
    "stance": ("Claim", "Stance"),
    "confidence": ("Claim", "Confidence"),
    "likelihood": ("Claim", "Likelihood"),
    "hedge": ("Claim", str(RDFS.Literal)),
    "basis": ("Claim", str(SKOS.Concept)),
    "alternativeTo": ("Claim", "Claim"),
    "reportsClaim": ("Claim", "Claim"),
    "respondsTo": ("Claim", "Claim"),
    "contrasts": ("Claim", "Claim"),
    "statedIn": ("Claim", "SourceDocument"),
    "evidence": (None, "Evidence"),
    "claimTime": (None, "TimeExpression"),
    "about": ("Proposition", None),
    "actor": ("Proposition", "Agent"),
    "action": ("Proposition", "ActionType"),
    "mode": ("Proposition", str(SKOS.Concept)),
    "target": ("Proposition", None),
    "content": ("Proposition", "Proposition"),
    "purpose": ("Proposition", "Proposition"),
    "because": ("Proposition", "Proposition"),
    "election": ("Proposition", "Election"),
    "technique": ("Proposition", "Technique"),
    "topic": ("Proposition", "Topic"),
    "narrative": ("Proposition", "Narrative"),
    "platform": ("Proposition", "Platform"),
    "describedAs": (None, str(SKOS.Concept)),
    "quality": ("Proposition", str(SKOS.Concept)),
    "quantity": (None, "Quantity"),
    "eventTime": (None, "TimeExpression"),
    "pertainsTo": (None, None),
    "possiblySameAs": (None, None),
    "speaker": ("Quotation", None),
    "contentWarning": ("Evidence", str(XSD.string)),
    "verbatim": (None, str(RDFS.Literal)),
    "edtf": ("TimeExpression", str(XSD.string)),
    "earliest": ("TimeExpression", str(RDFS.Literal)),
    "latest": ("TimeExpression", str(RDFS.Literal)),
    "inferredPart": ("TimeExpression", str(XSD.string)),
    "relativeTo": (None, None),
    "temporalRelation": ("TimeExpression", str(SKOS.Concept)),
    "minExclusive": ("Quantity", str(XSD.boolean)),
    "effectiveTarget": ("Proposition", "Person"),
    "ofState": ("Agent", "State"),
    "rootClaimant": ("Claim", None),
    "contestedBy": ("Claim", "Claim"),
    "preferredTo": ("Claim", "Claim"),
    "aboutElection": ("Claim", "Election"),
}
"""Domain and range of each property; None where the model names several classes."""


def _term(name: str | None) -> set[Node]:
    if name is None:
        return set()
    return {URIRef(name if name.startswith("http") else str(EILD) + name)}


def _on_cycle(graph: Graph, predicate: URIRef) -> list[Node]:
    nodes = set(graph.subjects(predicate, None))
    return [n for n in nodes if any(n in graph.transitive_objects(o, predicate) for o in graph.objects(n, predicate))]


def _superclasses(graph: Graph, cls: Node) -> set[Node]:
    return {above for above in graph.transitive_objects(cls, RDFS.subClassOf) if above is not None}


def _clashes(graph: Graph, classes: Iterable[Node]) -> Iterator[tuple[Node, Node]]:
    """Yield the pairs of disjoint classes among some classes and their superclasses."""
    reached = {s for cls in classes for s in _superclasses(graph, cls)}
    for cls in reached:
        for other in graph.objects(cls, OWL.disjointWith):
            if other in reached:
                yield cls, other


@pytest.fixture(scope="module")
def everything(core: LocatedGraph, alignments: LocatedGraph, external_axioms: Graph) -> Graph:
    """Return core, alignments and what other vocabularies say, in one graph."""
    return core.graph + alignments.graph + external_axioms


def test_ontology_has_no_blank_nodes(
    modules: dict[str, LocatedGraph], no_offenders: Callable[[list[str], str], None]
) -> None:
    """No module holds a blank node."""
    offenders = [
        str(module.locate(*triple))
        for module in modules.values()
        for triple in module.graph
        if any(isinstance(node, BNode) for node in triple)
    ]
    no_offenders(offenders, "Give the node an IRI, or write the axiom pairwise.")


def test_ontology_has_no_inverse_pairs(modules: dict[str, LocatedGraph]) -> None:
    """No property has an inverse: a path is walked backwards with ^ in SPARQL."""
    pairs = [t for module in modules.values() for t in module.graph.triples((None, OWL.inverseOf, None))]
    assert not pairs, f"drop one direction of {pairs}"


@pytest.mark.parametrize("predicate", [RDFS.subClassOf, RDFS.subPropertyOf])
def test_hierarchy_has_no_cycle(everything: Graph, predicate: URIRef) -> None:
    """Neither classes nor properties are below themselves, also with the alignments."""
    assert not _on_cycle(everything, predicate)


def test_subclasses_equal_the_model(core: LocatedGraph) -> None:
    """The superclass of each class is the one that the model names."""
    wanted = {(EILD[sub], EILD[sup]) for sub, sup in SUBCLASSES.items()}
    wanted |= {(EILD[name], SKOS.Concept) for name in CONCEPT_CLASSES}
    assert set(core.graph.subject_objects(RDFS.subClassOf)) == wanted


def test_domains_and_ranges_equal_the_model(
    core: LocatedGraph, terms: list[URIRef], no_offenders: Callable[[list[str], str], None]
) -> None:
    """Each property has the domain and the range of the model: at most one, and none where it names several."""
    properties = {t.removeprefix(str(EILD)) for t in terms if PROPERTY_KINDS & set(core.graph.objects(t, RDF.type))}
    assert set(DOMAINS_AND_RANGES) == properties
    offenders = []
    for name, (domain, range_) in DOMAINS_AND_RANGES.items():
        for predicate, wanted in ((RDFS.domain, _term(domain)), (RDFS.range, _term(range_))):
            found = set(core.graph.objects(EILD[name], predicate))
            if found != wanted:
                offenders.append(f"{core.locate(EILD[name], predicate)}: {name} has {predicate} {found}")
    no_offenders(offenders, "Mend the axiom, or the table in this test together with the model.")


def test_property_has_exactly_one_kind(everything: Graph, no_offenders: Callable[[list[str], str], None]) -> None:
    """No property is declared with two of the kinds object, datatype and annotation property."""
    offenders = []
    for term in {s for kind in PROPERTY_KINDS for s in everything.subjects(RDF.type, kind)}:
        kinds = PROPERTY_KINDS & set(everything.objects(term, RDF.type))
        if len(kinds) > 1:
            offenders.append(f"{term}: {sorted(kinds)}")
    no_offenders(offenders, "OWL 2 DL keeps the three kinds apart.")


def test_datatype_property_range_is_a_datatype(core: LocatedGraph) -> None:
    """Datatype properties range over datatypes of OWL 2 DL (xsd:date is none), object properties over classes."""
    graph = core.graph
    datatypes = {RDFS.Literal, XSD.string, XSD.boolean}
    for name in DOMAINS_AND_RANGES:
        for range_ in graph.objects(EILD[name], RDFS.range):
            is_datatype = (EILD[name], RDF.type, OWL.DatatypeProperty) in graph
            assert (range_ in datatypes) == is_datatype, f"{name} ranges over {range_}"


def test_used_terms_are_declared_in_the_same_file(
    modules: dict[str, LocatedGraph], no_offenders: Callable[[list[str], str], None]
) -> None:
    """Each foreign class, property and datatype that an axiom or annotation uses is declared where it is used."""
    builtin = (str(RDF), str(RDFS), str(OWL))
    offenders = []
    for name, module in modules.items():
        graph = module.graph
        used: set[Node] = set(graph.predicates())
        used |= {o for p in (RDFS.subClassOf, RDFS.subPropertyOf, RDFS.domain) for o in graph.objects(None, p)}
        missing = {u for u in used if not str(u).startswith((*builtin, str(EILD)))} - set(graph.subjects(RDF.type))
        offenders += [f"{name}.ttl: {term}" for term in missing]
    no_offenders(offenders, "Declare the term with its OWL type in the file.")


def test_declared_foreign_terms_are_used(
    modules: dict[str, LocatedGraph], no_offenders: Callable[[list[str], str], None]
) -> None:
    """No file declares a foreign term that it does not use."""
    offenders = []
    for name, module in modules.items():
        used = {node for _, p, o in module.graph for node in (p, o)}
        used |= {o.datatype for o in module.graph.objects() if isinstance(o, Literal) and o.datatype}
        foreign = {
            s
            for s, kind in module.graph.subject_objects(RDF.type)
            if kind != OWL.Ontology and not str(s).startswith(str(EILD))
        }
        offenders += [f"{name}.ttl: {term}" for term in foreign - used]
    no_offenders(offenders, "Delete the declaration.")


def test_disjointness_is_stated_once(core: LocatedGraph) -> None:
    """Each pair of disjoint classes is stated in one direction only, and never with a class itself."""
    pairs = set(core.graph.subject_objects(OWL.disjointWith))
    assert pairs
    assert not [pair for pair in pairs if (pair[1], pair[0]) in pairs]


def test_class_is_satisfiable_with_alignments(
    everything: Graph, terms: list[URIRef], no_offenders: Callable[[list[str], str], None]
) -> None:
    """No class is below two disjoint classes, also with what other vocabularies say."""
    offenders = [f"{term}: {pair}" for term in terms for pair in _clashes(everything, [term])]
    no_offenders(offenders, "Drop the subclass axiom or the disjointness.")


def test_property_domain_and_range_do_not_clash_with_superproperties(
    everything: Graph, terms: list[URIRef], no_offenders: Callable[[list[str], str], None]
) -> None:
    """Domains of a property and of its superproperties have no disjoint pair, and ranges neither."""
    offenders = []
    for term in terms:
        above = list(everything.transitive_objects(term, RDFS.subPropertyOf))
        for predicate in (RDFS.domain, RDFS.range):
            classes = {c for p in above for c in everything.objects(p, predicate)}
            offenders += [f"{term} {predicate}: {pair}" for pair in _clashes(everything, classes)]
    no_offenders(offenders, "Map the property with skos:closeMatch instead.")


def test_data_has_no_instance_of_disjoint_classes(
    everything: Graph, data: LocatedGraph, no_offenders: Callable[[list[str], str], None]
) -> None:
    """No resource is an instance of disjoint classes by its types and by the domains and ranges of its properties."""
    types: dict[Node, set[Node]] = {}
    for subject, predicate, obj in data.graph:
        if predicate == RDF.type:
            types.setdefault(subject, set()).add(obj)
            continue
        for above in everything.transitive_objects(predicate, RDFS.subPropertyOf):
            types.setdefault(subject, set()).update(everything.objects(above, RDFS.domain))
            if isinstance(obj, URIRef):
                types.setdefault(obj, set()).update(everything.objects(above, RDFS.range))
    offenders = []
    for node, classes in types.items():
        pairs = list(_clashes(everything, classes))
        if pairs:
            offenders.append(f"{data.locate(node)}: {node} is {pairs}")
    no_offenders(offenders, "Mend the type of the resource or the property that leads to it.")


def test_data_functional_properties_have_one_value(
    core: LocatedGraph, data: LocatedGraph, no_offenders: Callable[[list[str], str], None]
) -> None:
    """No resource has two values of a functional property."""
    offenders = []
    for predicate in core.graph.subjects(RDF.type, OWL.FunctionalProperty):
        for subject in set(data.graph.subjects(predicate, None)):
            values = sorted(map(str, data.graph.objects(subject, predicate)))
            if len(values) > 1:
                offenders.append(f"{data.locate(subject, predicate)}: {subject} has {predicate} {values}")
    no_offenders(offenders, "Split the record: one value each.")
