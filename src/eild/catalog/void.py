"""The part of the catalogue that describes the contents of the data: VoID (https://www.w3.org/TR/void/).

Partitions by class and property, and by the class or datatype that the values have, are written as the SPARQL
endpoints of Swiss bioinformatics write them, so that editors made for those complete and propose here as well.
"""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Final

from rdflib import Literal, URIRef
from rdflib.namespace import DCTERMS, FOAF, RDF, XSD

from eild.catalog.authorities import FORMAT_NAMES
from eild.catalog.dcat import find_syntax
from eild.namespaces import VOID, VOID_EXT

if TYPE_CHECKING:
    from rdflib import Graph

    from eild.catalog.description import Description
    from eild.catalog.statistics import ClassCount, PropertyCount, Statistics

_UNNAMEABLE: Final = re.compile(r"[^A-Za-z0-9]+")
_DIGEST_LENGTH: Final = 8


def _name(iri: str) -> str:
    """Return a name for a term that is readable and no other term's: its last part and a digest."""
    last = _UNNAMEABLE.sub("-", re.split(r"[/#:]", iri.rstrip("/#"))[-1]).strip("-") or "term"
    return f"{last[:40]}-{hashlib.sha256(iri.encode()).hexdigest()[:_DIGEST_LENGTH]}"


def _count(graph: Graph, subject: URIRef, name: URIRef, number: int | None) -> None:
    if number is not None:
        graph.add((subject, name, Literal(str(number), datatype=XSD.integer, normalize=False)))


def add_void(graph: Graph, about: Description) -> None:
    """Add the dataset, its statistics, partitions and links, and the document that says so."""
    dataset, document = URIRef(about.dataset), URIRef(about.document)
    graph.add((document, RDF.type, VOID.DatasetDescription))
    graph.add((document, DCTERMS.title, Literal(f"Description of {about.title}", lang="en")))
    graph.add((document, FOAF.primaryTopic, dataset))
    graph.add((dataset, RDF.type, VOID.Dataset))
    graph.add((dataset, VOID.sparqlEndpoint, URIRef(f"{about.base}sparql")))
    for file in about.files:
        if file.has_nanopublications:
            continue
        form, _ = find_syntax(file.name)
        graph.add((dataset, VOID.dataDump, URIRef(f"{about.base}dumps/{file.name}")))
        if form:
            graph.add((dataset, VOID.feature, FORMAT_NAMES[form]))
    for release in about.earlier:
        for file in (file for file in release.files.values() if not file.has_nanopublications):
            version = about.part(f"version-{release.version}")
            graph.add((version, VOID.dataDump, URIRef(f"{about.base}dumps/{file.name}")))
    if about.owned:
        graph.add((dataset, VOID.uriSpace, Literal(about.base)))
        graph.add((dataset, VOID.uriRegexPattern, Literal(f"^{re.escape(about.base)}")))
    if about.statistics:
        _add_statistics(graph, about, about.statistics)


def _add_statistics(graph: Graph, about: Description, found: Statistics) -> None:
    dataset = URIRef(about.dataset)
    _count(graph, dataset, VOID.triples, found.triples)
    _count(graph, dataset, VOID.entities, found.entities)
    _count(graph, dataset, VOID.distinctSubjects, found.subjects)
    _count(graph, dataset, VOID.distinctObjects, found.objects)
    _count(graph, dataset, VOID.classes, found.class_count)
    if found.properties:
        _count(graph, dataset, VOID.properties, len(found.properties))
    for iri in _list_vocabularies(about, found):
        graph.add((dataset, VOID.vocabulary, URIRef(iri)))
    for iri in found.examples:
        graph.add((dataset, VOID.exampleResource, URIRef(iri)))
    for iri in (*about.sources, *about.roots):
        graph.add((dataset, VOID.rootResource, URIRef(iri)))
    for count in found.properties:
        _add_property(graph, about, dataset, "", count)
    for kind in found.classes:
        _add_class(graph, about, kind)
    _add_links(graph, about, found)


def _list_vocabularies(about: Description, found: Statistics) -> list[str]:
    """Return the vocabularies that the data use: namespaces of classes and properties, its own by its IRI."""
    terms = [*(count.iri for count in found.properties), *(count.iri for count in found.classes)]
    spaces = {iri[: max(iri.rfind("#"), iri.rfind("/")) + 1] for iri in terms}
    return sorted(space.rstrip("#") if space.startswith(about.base) else space for space in spaces if space)


def _add_class(graph: Graph, about: Description, count: ClassCount) -> None:
    name = f"class-{_name(count.iri)}"
    part = about.part(name)
    graph.add((URIRef(about.dataset), VOID.classPartition, part))
    graph.add((part, VOID["class"], URIRef(count.iri)))
    _count(graph, part, VOID.entities, count.entities)
    _count(graph, part, VOID.triples, count.triples)
    for item in count.properties:
        _add_property(graph, about, part, f"{name}-", item)


def _add_property(graph: Graph, about: Description, whole: URIRef, prefix: str, count: PropertyCount) -> None:
    name = f"{prefix}property-{_name(count.iri)}"
    part = about.part(name)
    graph.add((whole, VOID.propertyPartition, part))
    graph.add((part, VOID.property, URIRef(count.iri)))
    _count(graph, part, VOID.triples, count.triples)
    _count(graph, part, VOID.distinctSubjects, count.subjects)
    _count(graph, part, VOID.distinctObjects, count.objects)
    if not prefix:
        return
    values = [(iri, number, VOID.classPartition, VOID["class"]) for iri, number in count.classes.items()]
    values += [(iri, number, VOID_EXT.datatypePartition, VOID_EXT.datatype) for iri, number in count.datatypes.items()]
    for iri, number, has_part, names in values:
        kind = about.part(f"{name}-of-{_name(iri)}")
        graph.add((part, has_part, kind))
        graph.add((kind, names, URIRef(iri)))
        _count(graph, kind, VOID.triples, number)


def _add_links(graph: Graph, about: Description, found: Statistics) -> None:
    """Add a linkset for each property that links to a dataset elsewhere."""
    dataset = URIRef(about.dataset)
    for link in found.links:
        target = about.part(f"target-{_name(link.target)}")
        graph.add((target, RDF.type, VOID.Dataset))
        graph.add((target, DCTERMS.title, Literal(re.split("/+", link.target)[1])))
        graph.add((target, VOID.uriSpace, Literal(link.target)))
        linkset = about.part(f"links-{_name(link.target)}-{_name(link.predicate)}")
        graph.add((dataset, VOID.subset, linkset))
        graph.add((linkset, RDF.type, VOID.Linkset))
        graph.add((linkset, VOID.subjectsTarget, dataset))
        graph.add((linkset, VOID.objectsTarget, target))
        graph.add((linkset, VOID.linkPredicate, URIRef(link.predicate)))
        _count(graph, linkset, VOID.triples, link.triples)
