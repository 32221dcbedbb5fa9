"""Validation of a project's data as published: the merged dataset that the build makes, with ontology and schemes.

Findings point into the curated files; a finding on what the build derives points to what it is derived from.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Final

from rdflib import URIRef

from eild.dataset.project import OWN_PROJECT, Project
from eild.facts.ontology import load_ontology
from eild.facts.reading import load_facts
from eild.located import LocatedGraph
from eild.namespaces import EILD
from eild.seed.seeds import load_seeds
from eild.validation.project import load_project_shapes
from eild.validation.validate import validate

if TYPE_CHECKING:
    from rdflib import Graph
    from rdflib.term import Node

    from eild.errors import Location
    from eild.validation.findings import Report
    from eild.validation.shapes import Shapes

_SELECTOR: Final = re.compile(r"-(?:position|quote)\Z")
_UNIT: Final = re.compile(r"(?P<start>.*/id/)sentence/(?P<seed>\d{3})-\d{3}\Z")


def validate_project(shapes: Shapes | None = None, *, project: Project = OWN_PROJECT, engine: str = "auto") -> Report:
    """Validate the data of a project, as the build publishes them.

    :param shapes: the shapes; EILD's own if not given
    :param project: the project
    :param engine: one of :data:`eild.validation.engines.ENGINES`
    :raises DataError: if the data cannot be read or built
    :raises ShapesError: if the shapes cannot be applied
    """
    applied = shapes if shapes is not None else load_project_shapes()
    merged = project.build().merged()
    origins = _Origins(merged, project)
    report = validate(merged, applied, locate=origins.locate, engine=engine)
    return report if project.names.is_eild else replace(report, prefixes=project.names.prefixes)


class _Origins:
    """Finds the curated place of a published triple; the places are read when the first is asked for."""

    def __init__(self, published: Graph, project: Project) -> None:
        self._published = published
        self._project = project

    @cached_property
    def _curated(self) -> LocatedGraph:
        project, names = self._project, self._project.names
        descriptions = (seed.description for seed in load_seeds(project.seeds, names))
        modules = load_ontology().modules.values()
        return LocatedGraph().merge([load_facts(project.data, names).located, *modules, *descriptions])

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
            found.append(URIRef(f"{unit['start']}seed/{unit['seed']}"))
        return found
