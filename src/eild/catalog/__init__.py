"""The catalogue: one description of the dataset from which DCAT-AP, VoID and the service description are made.

:mod:`~eild.catalog.statistics` counts what the data hold, :mod:`~eild.catalog.description` puts together what there is
to say, :mod:`~eild.catalog.graph` says it in RDF, and :mod:`~eild.catalog.urls` points its URLs to where a server is
reached. They cannot disagree, as each fact is written once.
"""

from eild.catalog.description import Agent, Description, File, NamedGraph, Release, describe_dataset
from eild.catalog.graph import build_catalog_graph, build_listed_catalog_graph
from eild.catalog.statistics import Statistics, count_statistics
from eild.catalog.urls import URL_PROPERTIES, point_urls

__all__ = [
    "URL_PROPERTIES",
    "Agent",
    "Description",
    "File",
    "NamedGraph",
    "Release",
    "Statistics",
    "build_catalog_graph",
    "build_listed_catalog_graph",
    "count_statistics",
    "describe_dataset",
    "point_urls",
]
