"""Building the published dataset from the seeds, the ontology, the curated facts and the shapes."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Final

from rdflib import Graph, Literal, URIRef
from rdflib.namespace import DCTERMS, OWL, RDF

from eild.dataset.labels import build_claim_labels
from eild.dataset.mentions import build_mentions
from eild.dataset.nanopubs import Nanopublication, build_links, build_nanopubs
from eild.dataset.placement import place_claims
from eild.dataset.relays import build_relays, find_editors
from eild.dataset.shared import choose_shared, load_shared
from eild.dataset.shortcuts import build_shortcuts
from eild.dataset.symmetry import complete_symmetric, list_symmetric
from eild.errors import DataError, FactError, Location, ProblemsError
from eild.facts.evidence import EvidenceReading, build_evidence_graph, check_evidence, check_hedges
from eild.facts.examples import build_example_graph, list_general, load_examples
from eild.facts.ontology import Ontology, load_ontology
from eild.facts.reading import Facts, check_facts, check_verbatim, load_facts
from eild.facts.retired import Retired, check_retired, load_retired
from eild.located import LocatedGraph, parse_located
from eild.names import OWN, choose_names
from eild.namespaces import CITO, empty_graph
from eild.resources import display_path, resource_folder
from eild.seed.seeds import Seed, build_seed_graph, load_seeds
from eild.terms import BASE

if TYPE_CHECKING:
    from pathlib import Path

    from rdflib.term import Node

    from eild.facts.examples import ExampleQuery
    from eild.names import Names

MODULES: Final = {
    "seed": "the seed texts, their units and the entities that the units mention",
    "entities": "the dataset description, agents, events, documents, things, times and quantities",
    "concepts": "the concept schemes",
    "claims": "curated claims and propositions",
    "relays": "derived relays by the article, and derived labels of claims",
    "evidence": "the words that support the records, with their positions in the seed texts",
    "shortcuts": "derived shortcut properties that assert no claim",
    "nanopubs": "derived links between claims and their nanopublications",
    "editor": "the editor's own readings: disagreements between claims, and coding of techniques",
    "links": "links to other datasets",
    "queries": "the competency questions, with their queries and prefixes",
    "ontology": "the ontology",
    "alignments": "mappings from the ontology to other vocabularies",
    "shapes": "the SHACL shapes",
}
"""Module graphs and their contents; their IRIs are ``graph/<module>``."""

APART: Final = frozenset({"alignments", "shapes"})
"""Modules that are named graphs only and not part of the merged default graph."""

_EDITOR_FILES: Final = ("editor", "conflicts", "coding")
_MODULE_OF_KIND: Final = {
    **dict.fromkeys(("agent", "event", "source", "thing", "time", "quantity"), "entities"),
    **dict.fromkeys(("claim", "proposition"), "claims"),
    **dict.fromkeys(("seed", "sentence"), "seed"),
    "concept": "concepts",
    "evidence": "evidence",
}
_CURATED: Final = ("entities", "concepts", "claims", "editor")
"""The modules of curated facts from which the build derives others."""
_VERSION: Final = re.compile(r"\d+\.\d+\.\d+(?:-[0-9A-Za-z.]+)?$")


@dataclass
class BuiltDataset:
    """Published dataset.

    :ivar version: semantic version of the data
    :ivar issued: release date, from the data
    :ivar graphs: one graph per module in :data:`MODULES`, in that order
    :ivar retired: IRIs that were published before and are no longer used
    :ivar nanopubs: nanopublications of the claims
    :ivar names: the names of its project
    :ivar title: its title
    """

    version: str
    issued: date
    graphs: dict[str, Graph]
    retired: tuple[Retired, ...] = ()
    nanopubs: tuple[Nanopublication, ...] = ()
    names: Names = OWN
    title: str = ""
    _merged: Graph | None = field(default=None, init=False, repr=False, compare=False)

    def merged(self) -> Graph:
        """Return the default graph: all modules except those in :data:`APART`, each triple once."""
        if self._merged is None:
            self._merged = empty_graph()
            for module, graph in self.graphs.items():
                if module not in APART:
                    self._merged += graph
        return self._merged


def build_dataset(  # noqa: PLR0913 - all are optional and by name
    *,
    seeds: Path | None = None,
    ontology: Path | None = None,
    data: Path | None = None,
    shapes: Path | None = None,
    queries: Path | None = None,
    base: str = BASE,
) -> BuiltDataset:
    """Read and check the sources and build the dataset. The default for each folder is the packaged one.

    The dataset of another base than EILD's includes the shared concept schemes that its data use, and those of the
    packaged queries that ask any dataset of claims.

    :param seeds: folder of the seed texts
    :param ontology: folder of the ontology
    :param data: folder of the curated data
    :param shapes: folder of the shapes
    :param queries: folder of the queries; of a project, those that it adds
    :param base: start of the IRIs of the project
    :raises UsageError: if the base cannot be the start of a project's IRIs
    :raises ProblemsError: with all problems in the facts: unknown terms, dangling IRIs, claims without evidence, words
        that do not occur in the text
    :raises DataError: if a folder or file is missing, unreadable or not well-formed
    """
    names = choose_names(base)
    texts = load_seeds(seeds, names)
    vocabulary = load_ontology(ontology)
    facts = load_facts(data, names)
    shared = empty_graph() if names.is_eild else load_shared().graph
    shape_graphs = [
        parse_located(display_path(path), base=BASE)
        for path in sorted((shapes or resource_folder("shapes")).rglob("*.ttl"))
    ]
    reading = _check(facts, texts, vocabulary, set(shared.subjects(RDF.type)))
    graphs = _curated_graphs(facts, texts, vocabulary, reading)
    graphs["concepts"] += choose_shared(shared, facts.located.graph.objects())
    for located in shape_graphs:
        graphs["shapes"] += located.graph
    graphs["queries"] += build_example_graph(_choose_queries(queries, names), names)
    complete_symmetric((graphs[module] for module in _CURATED), list_symmetric(graphs["ontology"]))
    _add_derived(graphs, texts, reading, names)
    version, issued = _release(facts)
    retired = load_retired(data)
    used = {str(term) for graph in graphs.values() for term in graph.subjects()} if retired else set()
    if problems := check_retired(retired, used, names):
        raise ProblemsError(problems)
    nanopubs = build_nanopubs(graphs, version, issued, names)
    graphs["nanopubs"] += build_links(nanopubs)
    title = facts.located.graph.value(URIRef(names.part("dataset")), DCTERMS.title)
    return BuiltDataset(version, issued, graphs, retired, nanopubs, names, str(title or names.base))


def _choose_queries(folder: Path | None, names: Names) -> tuple[ExampleQuery, ...]:
    """Return the queries of a project: EILD's own, or else the general ones and those that the project adds."""
    if names.is_eild:
        return load_examples(folder)
    added = load_examples(folder) if folder is not None else ()
    own = {example.name for example in added}
    return (*(example for example in list_general(load_examples()) if example.name not in own), *added)


def _check(facts: Facts, seeds: tuple[Seed, ...], ontology: Ontology, shared: set[Node]) -> EvidenceReading:
    """Find the evidence and check everything.

    :param shared: resources that the shared concept schemes describe
    :raises ProblemsError: if anything is wrong
    """
    located = facts.located
    reading = check_evidence(located, seeds)
    described: set[Node] = {iri for seed in seeds for iri in (seed.iri, *seed.units_by_iri)} | shared
    for module in ontology.modules.values():
        described |= set(module.graph.subjects(RDF.type))
    problems: list[DataError] = [
        *check_facts(facts, described),
        *reading.findings,
        *check_verbatim(located, (seed.text for seed in seeds)),
        *check_hedges(located, reading.spans),
    ]
    for seed in seeds:
        if (seed.document, RDF.type, None) not in located.graph:
            message = f"the data does not describe the article <{seed.document}> of seed {seed.number}"
            place = seed.description.locate(seed.iri, DCTERMS.isFormatOf)
            problems.append(FactError(message, location=place, hint="describe it as an eild:SourceDocument"))
    if problems:
        raise ProblemsError(problems)
    return reading


def _curated_graphs(
    facts: Facts, seeds: tuple[Seed, ...], ontology: Ontology, reading: EvidenceReading
) -> dict[str, Graph]:
    """Sort what is curated into the module graphs."""
    graphs = {module: empty_graph() for module in MODULES}
    for seed in seeds:
        graphs["seed"] += build_seed_graph(seed)
    for name, located in facts.files.items():
        for triple in located.graph:
            module = _module_of(name, triple[0], triple[1], facts.names)
            if module != "evidence":
                graphs[module].add(triple)
    graphs["evidence"] += build_evidence_graph(facts.located, reading.spans)
    for located in ontology.modules.values():
        for triple in located.graph:
            is_concept = str(triple[0]).startswith(f"{BASE}id/concept/")
            graphs["concepts" if is_concept else "ontology"].add(triple)
    for located in ontology.alignments.values():
        graphs["alignments"] += located.graph
    return graphs


def _module_of(file: str, subject: Node, predicate: Node, names: Names) -> str:
    """Return the module of a curated triple: by its file for links and editor's readings, else by its subject."""
    kind = names.find_kind(str(subject))
    top = file.partition("/")[0]
    if kind == "evidence":
        return "evidence"
    if top.startswith("links"):
        return "links"
    if top.startswith(_EDITOR_FILES) or predicate == CITO.disagreesWith:
        return "editor"
    return _MODULE_OF_KIND.get(kind, "entities")


def _add_derived(graphs: dict[str, Graph], seeds: tuple[Seed, ...], reading: EvidenceReading, names: Names) -> None:
    """Add relays, labels, mentions and shortcuts to their graphs."""
    whole = empty_graph()
    for module in _CURATED:
        whole += graphs[module]
    placed, editors = place_claims(whole, reading.spans), find_editors(whole, names)
    graphs["relays"] += build_relays(whole, seeds, placed, editors)
    graphs["seed"] += build_mentions(whole, seeds, placed, reading.spans, editors)
    whole += graphs["relays"]
    graphs["relays"] += build_claim_labels(whole, [seed.document for seed in seeds])
    graphs["shortcuts"] += build_shortcuts(whole)


def _release(facts: Facts) -> tuple[str, date]:
    """Return the version and release date in the description of the dataset.

    :raises DataError: if one of them is missing or malformed
    """
    located: LocatedGraph = facts.located
    dataset = URIRef(facts.names.part("dataset"))
    version = str(located.graph.value(dataset, OWL.versionInfo))
    issued = located.graph.value(dataset, DCTERMS.issued)
    place = located.locate(dataset) or Location("data/dataset.ttl")
    if not _VERSION.match(version):
        message = f"the owl:versionInfo of the dataset must have the form 1.2.3, not {version!r}"
        raise DataError(message, location=located.locate(dataset, OWL.versionInfo) or place)
    if not isinstance(issued, Literal) or not isinstance(issued.value, date):
        message = f"the dct:issued of the dataset must be an xsd:date, not {issued}"
        raise DataError(message, location=located.locate(dataset, DCTERMS.issued) or place)
    return version, issued.value


__all__ = ["APART", "MODULES", "BuiltDataset", "build_dataset"]
