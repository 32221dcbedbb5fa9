"""Every ontology module describes itself: version, licence, authorship, namespace, citation, imports."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from rdflib import OWL, RDF, Literal, URIRef
from rdflib.namespace import DCTERMS, VANN, XSD

from eild.namespaces import EILD, ONTOLOGY_IRI

if TYPE_CHECKING:
    from collections.abc import Callable

    from rdflib.term import Node

    from eild.located import LocatedGraph

MODULES = ("claims", "evidence", "agents", "events", "things", "values", "concepts", "derived")
HEADER = {
    OWL.versionIRI: URIRef,
    OWL.versionInfo: Literal,
    DCTERMS.title: Literal,
    DCTERMS.description: Literal,
    DCTERMS.license: URIRef,
    DCTERMS.creator: URIRef,
    DCTERMS.publisher: URIRef,
    DCTERMS.created: Literal,
    DCTERMS.issued: Literal,
    VANN.preferredNamespacePrefix: Literal,
    VANN.preferredNamespaceUri: Literal,
    DCTERMS.bibliographicCitation: Literal,
}
"""What each header holds exactly once, and as what kind of node."""


def _iri(name: str) -> URIRef:
    return ONTOLOGY_IRI if name == "eild" else URIRef(f"{ONTOLOGY_IRI}/{name}")


def test_modules_folder_holds_main_core_and_alignments(modules: dict[str, LocatedGraph]) -> None:
    """The folder holds the main document, the eight core modules and at least eight alignments, nothing else."""
    alignments = {name for name in modules if name.startswith("align-")}
    assert set(modules) - alignments == {"eild", *MODULES}
    assert len(alignments) >= len(MODULES)


def test_module_header_is_one_ontology_named_after_its_file(
    modules: dict[str, LocatedGraph], no_offenders: Callable[[list[str], str], None]
) -> None:
    """Each file declares exactly one owl:Ontology, whose IRI follows from the file's name."""
    found = {name: set(module.graph.subjects(RDF.type, OWL.Ontology)) for name, module in modules.items()}
    offenders = [f"{name}.ttl declares {iris}" for name, iris in found.items() if iris != {_iri(name)}]
    no_offenders(offenders, "Name the ontology https://w3id.org/eild/ontology/<file name>.")


def test_module_header_holds_each_description_once(
    modules: dict[str, LocatedGraph], no_offenders: Callable[[list[str], str], None]
) -> None:
    """Each header has every required description once, as IRI or literal as the vocabulary asks."""
    offenders = []
    for name, module in modules.items():
        for predicate, kind in HEADER.items():
            values = list(module.graph.objects(_iri(name), predicate))
            if len(values) != 1 or not isinstance(values[0], kind):
                offenders.append(f"{name}.ttl: {predicate} is {values}")
    no_offenders(offenders, "Give the header each of these once; the licence is an IRI.")


def test_module_version_iri_extends_ontology_iri(
    modules: dict[str, LocatedGraph], no_offenders: Callable[[list[str], str], None]
) -> None:
    """The version IRI is the ontology's IRI and the version, hence never the ontology's IRI itself."""
    offenders = []
    for name, module in modules.items():
        version = module.graph.value(_iri(name), OWL.versionInfo)
        version_iri = module.graph.value(_iri(name), OWL.versionIRI)
        if version_iri != URIRef(f"{_iri(name)}/{version}"):
            offenders.append(f"{name}.ttl: {version_iri}")
    no_offenders(offenders, "Write owl:versionIRI as <ontology IRI>/<owl:versionInfo>.")


def test_module_versions_are_all_the_same(modules: dict[str, LocatedGraph]) -> None:
    """All modules are released together under one version and date."""
    for predicate in (OWL.versionInfo, DCTERMS.issued):
        values = {module.graph.value(_iri(name), predicate) for name, module in modules.items()}
        assert len(values) == 1, f"{predicate} differs between modules: {values}"


def test_module_dates_are_dates(
    modules: dict[str, LocatedGraph], no_offenders: Callable[[list[str], str], None]
) -> None:
    """Created and issued are xsd:date literals and created is not after issued."""
    offenders = []
    for name, module in modules.items():
        created, issued = (module.graph.value(_iri(name), p) for p in (DCTERMS.created, DCTERMS.issued))
        typed = all(isinstance(d, Literal) and d.datatype == XSD.date for d in (created, issued))
        if not typed or str(created) > str(issued):
            offenders.append(f"{name}.ttl: created {created!r}, issued {issued!r}")
    no_offenders(offenders, "Write both as xsd:date, created first.")


def test_module_namespace_is_the_ontology_namespace(
    modules: dict[str, LocatedGraph], no_offenders: Callable[[list[str], str], None]
) -> None:
    """Every module recommends the prefix eild and the namespace of the terms."""
    wanted = ("eild", str(EILD))
    offenders = []
    for name, module in modules.items():
        predicates = (VANN.preferredNamespacePrefix, VANN.preferredNamespaceUri)
        found = tuple(str(module.graph.value(_iri(name), p)) for p in predicates)
        if found != wanted:
            offenders.append(f"{name}.ttl: {found}")
    no_offenders(offenders, f"Write {wanted}.")


def test_module_citation_names_title_and_version_iri(
    modules: dict[str, LocatedGraph], no_offenders: Callable[[list[str], str], None]
) -> None:
    """The citation holds the title and the version IRI, so that it cannot go stale unseen."""
    offenders = []
    for name, module in modules.items():
        citation = str(module.graph.value(_iri(name), DCTERMS.bibliographicCitation))
        parts = [str(module.graph.value(_iri(name), p)) for p in (DCTERMS.title, OWL.versionIRI)]
        offenders += [f"{name}.ttl: citation lacks {part!r}" for part in parts if part not in citation]
    no_offenders(offenders, "Cite as: EILD (year). <title>, version <version>. <version IRI>")


def test_module_creator_is_described_in_the_data(modules: dict[str, LocatedGraph], data: LocatedGraph) -> None:
    """Creator and publisher of the ontology are agents that the data describe."""
    makers: set[Node] = set()
    for module in modules.values():
        for predicate in (DCTERMS.creator, DCTERMS.publisher):
            makers |= set(module.graph.objects(None, predicate))
    assert makers, "no module names a creator"
    unknown = [maker for maker in makers if (maker, RDF.type, None) not in data.graph]
    assert not unknown, f"describe in data/agents.ttl: {unknown}"


def test_main_imports_all_core_modules_and_no_alignment(modules: dict[str, LocatedGraph]) -> None:
    """The main document imports the core modules and none of the alignments."""
    imported = set(modules["eild"].graph.objects(ONTOLOGY_IRI, OWL.imports))
    assert imported == {_iri(name) for name in MODULES}


def test_module_imports_what_it_uses(
    modules: dict[str, LocatedGraph], no_offenders: Callable[[list[str], str], None]
) -> None:
    """A module imports, directly or not, each module whose terms its axioms use."""
    home = {}
    for name in MODULES:
        for term in modules[name].graph.subjects(RDF.type, None):
            if str(term).startswith(str(EILD)):
                home[term] = name
    offenders = []
    for name, module in modules.items():
        reached = _imported(modules, name)
        used = {home[node] for triple in module.graph for node in triple if node in home}
        offenders += [f"{name}.ttl uses {other}.ttl" for other in used - reached - {name}]
    no_offenders(offenders, "Add owl:imports for the module.")


def test_module_imports_have_no_cycle(modules: dict[str, LocatedGraph]) -> None:
    """No module imports itself through others."""
    circular = [name for name in modules if name in _imported(modules, name)]
    assert not circular, f"import cycle through {circular}"


def _imported(modules: dict[str, LocatedGraph], name: str) -> set[str]:
    """Return the names of the modules that a module imports, directly or not."""
    names = {_iri(other): other for other in modules}
    reached: set[str] = set()
    waiting = [name]
    while waiting:
        current = waiting.pop()
        for target in modules[current].graph.objects(_iri(current), OWL.imports):
            other = names.get(URIRef(str(target)))
            if other is None:
                pytest.fail(f"{current}.ttl imports {target}, which is no module of EILD")
            if other not in reached:
                reached.add(other)
                waiting.append(other)
    return reached
