"""The description as one graph without blank nodes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from eild.catalog.dcat import add_dcat
from eild.catalog.service import add_service_description
from eild.catalog.void import add_void
from eild.namespaces import empty_graph

if TYPE_CHECKING:
    from rdflib import Graph

    from eild.catalog.description import Description
    from eild.catalog.inventory import NamedGraph


def build_catalog_graph(about: Description) -> Graph:
    """Return the catalogue: DCAT-AP, VoID and service description of one dataset."""
    graph = empty_graph()
    add_dcat(graph, about)
    add_void(graph, about)
    add_service_description(graph, about)
    return graph


def build_listed_catalog_graph(about: Description, own: NamedGraph) -> Graph:
    """Return the catalogue of a dataset among whose named graphs it is itself, with its own number of triples.

    :param own: the graph of the catalogue; its number of triples is ignored
    """
    counted = len(build_catalog_graph(replace(about, graphs=(*about.graphs, replace(own, triples=-1)))))
    return build_catalog_graph(replace(about, graphs=(*about.graphs, replace(own, triples=counted))))
