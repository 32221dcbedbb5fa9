"""Validation with EILD's own shapes: of EILD's own data, and of data in files.

EILD's own data are validated as published: the merged dataset that the build makes, ontology and schemes included.
Findings point into the curated files; one on what the build derives points to what it is derived from.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Final

from rdflib import Graph, URIRef

from eild.dataset import build_dataset
from eild.facts.ontology import load_ontology
from eild.facts.reading import load_facts
from eild.located import LocatedGraph
from eild.located.statements import Statements
from eild.namespaces import EILD
from eild.resources import display_path, resource_files
from eild.seed.seeds import load_seeds
from eild.terms import BASE
from eild.validation.files import load_rdf, load_statements
from eild.validation.shapes import Shapes, load_shapes
from eild.validation.validate import validate

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from rdflib.term import Node

    from eild.errors import Location
    from eild.validation.findings import Report

_SELECTOR: Final = re.compile(r"-(?:position|quote)\Z")
_UNIT: Final = re.compile(re.escape(f"{BASE}id/sentence/") + r"(\d{3})-\d{3}\Z")


def load_project_shapes() -> Shapes:
    """Read EILD's own shapes.

    :raises ShapesError: if they are unparsable or ill-formed
    """
    return load_shapes(display_path(path) for path in resource_files("shapes", "**/*.ttl"))


def validate_project(
    shapes: Shapes | None = None,
    *,
    data: Path | None = None,
    seeds: Path | None = None,
    engine: str = "auto",
) -> Report:
    """Validate EILD's own data, as the build publishes them.

    :param shapes: the shapes; EILD's own if not given
    :param data: folder of curated facts; the packaged one if not given
    :param seeds: folder of seed texts; the packaged one if not given
    :param engine: one of :data:`eild.validation.engines.ENGINES`
    :raises DataError: if the data cannot be read or built
    :raises ShapesError: if the shapes cannot be applied
    """
    applied = shapes if shapes is not None else load_project_shapes()
    merged = build_dataset(seeds=seeds, data=data).merged()
    origins = _Origins(merged, data, seeds)
    return validate(merged, applied, locate=origins.locate, engine=engine)


def validate_files(
    paths: Sequence[Path], shapes: Shapes | None = None, *, ontology: Graph | None = None, engine: str = "auto"
) -> Report:
    """Validate the data of files, all together as one graph; see :func:`validate_data`.

    :raises DataError: if a file is missing, unreadable or unparsable
    :raises ShapesError: if the shapes cannot be applied
    """
    data = Statements(()).merge(*(load_statements(path) for path in paths))
    return validate_data(data, shapes, ontology=ontology, engine=engine)


def validate_data(
    data: LocatedGraph | Statements,
    shapes: Shapes | None = None,
    *,
    ontology: Graph | None = None,
    engine: str = "auto",
) -> Report:
    """Validate data.

    :param data: the data
    :param shapes: the shapes; if not given EILD's own, and EILD's ontology and schemes then take part as context, so
        that classes and concepts are known; what is wrong with these themselves is not reported
    :param ontology: a vocabulary that takes part as context too
    :param engine: one of :data:`eild.validation.engines.ENGINES`
    :raises ShapesError: if the shapes cannot be applied
    """
    if shapes is not None:
        return validate(data, shapes, context=ontology, engine=engine)
    context = load_project_context()
    if ontology is not None:
        context += ontology
    return leave_out_own_notes(validate(data, load_project_shapes(), context=context, engine=engine))


def leave_out_own_notes(report: Report) -> Report:
    """Return a report without the notes on its shapes: who is held against EILD's shapes cannot change them."""
    return replace(report, notes=tuple(note for note in report.notes if note not in report.shapes.notes))


def load_project_context() -> Graph:
    """Return EILD's ontology and schemes as one graph: what data may refer to."""
    context = Graph(bind_namespaces="none")
    for module in load_ontology().modules.values():
        context += module.graph
    for path in resource_files("data", "concepts/*.ttl"):
        context += load_rdf(path).graph
    return context


class _Origins:
    """Finds the curated place of a published triple; the places are read when the first is asked for."""

    def __init__(self, published: Graph, data: Path | None, seeds: Path | None) -> None:
        self._published = published
        self._data = data
        self._seeds = seeds

    @cached_property
    def _curated(self) -> LocatedGraph:
        descriptions = (seed.description for seed in load_seeds(self._seeds))
        modules = load_ontology().modules.values()
        return LocatedGraph().merge([load_facts(self._data).located, *modules, *descriptions])

    def locate(self, subject: Node, predicate: Node | None, obj: Node | None) -> Location | None:
        """Return the place of a triple, or of what it is derived from."""
        if subject in self._curated.subjects:
            return self._curated.locate(subject, predicate, obj)
        for origin in self._origins(subject):
            if origin in self._curated.subjects:
                return self._curated.locate(origin)
        return self._curated.locate(subject)

    def _origins(self, subject: Node) -> list[Node]:
        """Return what a derived resource comes from: evidence, relayed claims, the seed's description."""
        found: list[Node] = [URIRef(_SELECTOR.sub("", str(subject)))]
        found += sorted(self._published.objects(subject, EILD.reportsClaim), key=str)
        unit = _UNIT.match(str(subject))
        if unit:
            found.append(URIRef(f"{BASE}id/seed/{unit.group(1)}"))
        return found
