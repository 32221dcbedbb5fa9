"""Fixtures of the search tests: the index of EILD's own dataset."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from pyoxigraph import RdfFormat, parse

from eild.claims import load_claims
from eild.documents.index import DocumentIndex
from eild.media import N_TRIPLES
from eild.rdf.canonical import serialize_graph
from eild.search.loading import build_index

if TYPE_CHECKING:
    from eild.dataset import BuiltDataset
    from eild.search.index import SearchIndex


@pytest.fixture(scope="session")
def own_documents(own_dataset: BuiltDataset) -> DocumentIndex:
    """Return the triples of EILD's own dataset."""
    content = serialize_graph(own_dataset.merged(), N_TRIPLES)
    return DocumentIndex(quad.triple for quad in parse(content, RdfFormat.N_TRIPLES))


@pytest.fixture(scope="session")
def own_index(own_documents: DocumentIndex) -> SearchIndex:
    """Return the index of EILD's own dataset."""
    return build_index(own_documents, load_claims(own_documents))
