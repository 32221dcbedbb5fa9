"""What the tests of the ontology share: its modules, the curated data with places, the seed, pinned vocabularies."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import pytest
from rdflib import OWL, RDF, Graph, URIRef
from rdflib.namespace import (
    DCAT,
    DCTERMS,
    FOAF,
    ORG,
    PROV,
    RDFS,
    SDO,
    SKOS,
    TIME,
    VANN,
    XSD,
)

from eild.located import LocatedGraph, parse_located
from eild.namespaces import EILD
from eild.resources import display_path, resource_files
from eild.terms import CLASSES, DERIVED_PROPERTIES, PROPERTIES

Modules: TypeAlias = dict[str, LocatedGraph]
Offenders: TypeAlias = Callable[[list[str], str], None]

DEFINED = (DCAT, DCTERMS, FOAF, ORG, OWL, PROV, RDF, RDFS, SDO, SKOS, TIME, VANN, XSD)
"""Vocabularies whose terms RDFLib lists."""

PINNED = Path(__file__).parent / "vocabularies"
"""Vocabularies whose terms RDFLib does not list: a file each, one term a line."""


def _modules(pattern: str) -> Modules:
    return {path.stem: parse_located(display_path(path)) for path in resource_files("ontology", pattern)}


@pytest.fixture(scope="session")
def modules() -> Modules:
    """Return all ontology modules by file name, alignments included."""
    return _modules("*.ttl")


@pytest.fixture(scope="session")
def core(modules: Modules) -> LocatedGraph:
    """Return the merge of the modules that are needed to read the data."""
    return LocatedGraph().merge(graph for name, graph in modules.items() if not name.startswith("align-"))


@pytest.fixture(scope="session")
def alignments(modules: Modules) -> LocatedGraph:
    """Return the merge of the alignments."""
    return LocatedGraph().merge(graph for name, graph in modules.items() if name.startswith("align-"))


@pytest.fixture(scope="session")
def terms(core: LocatedGraph) -> list[URIRef]:
    """Return the terms that the core modules declare, sorted."""
    kinds = (OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty)
    found = {s for kind in kinds for s in core.graph.subjects(RDF.type, kind)}
    return sorted(s for s in found if isinstance(s, URIRef) and s.startswith(str(EILD)))


@pytest.fixture(scope="session")
def data() -> LocatedGraph:
    """Return the merge of all curated data, schemes included, with places."""
    return LocatedGraph().merge(parse_located(display_path(path)) for path in resource_files("data", "**/*.ttl"))


@pytest.fixture(scope="session")
def schemes() -> LocatedGraph:
    """Return the merge of the concept schemes."""
    files = resource_files("data", "concepts/*.ttl")
    return LocatedGraph().merge(parse_located(display_path(path)) for path in files)


@pytest.fixture(scope="session")
def seed_text() -> str:
    """Return the text of the seed as given."""
    (path,) = resource_files("seeds", "000_*.txt")
    return path.read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def vocabularies() -> dict[str, set[str]]:
    """Return the names of the terms of each known vocabulary, by namespace."""
    known = {str(space): {str(term)[len(str(space)) :] for term in dir(space)} for space in DEFINED}
    known[str(EILD)] = {*CLASSES, *PROPERTIES, *DERIVED_PROPERTIES}
    for path in sorted(PINNED.glob("*.txt")):
        lines = path.read_text(encoding="utf-8").splitlines()
        namespace = lines[0].removeprefix("# namespace: ")
        known[namespace] = {line for line in lines if line and not line.startswith("#")}
    return known


@pytest.fixture(scope="session")
def external_axioms() -> Graph:
    """Return what other vocabularies say of the terms that EILD maps to or uses."""
    return Graph().parse(PINNED / "axioms.ttl")


@pytest.fixture(scope="session")
def no_offenders() -> Offenders:
    """Return an assertion that lists every offender and says how to mend it."""

    def check(offenders: list[str], remedy: str) -> None:
        listing = "\n".join(f"  {offender}" for offender in sorted(offenders))
        assert not offenders, f"{len(offenders)} offenders:\n{listing}\n{remedy}"

    return check
