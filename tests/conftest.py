"""Fixtures that all tests share: a small dataset with a seed text of its own, and EILD's own dataset."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph
import pytest

from eild.dataset import PublishedDataset, build_dataset
from eild.media import N_TRIPLES
from eild.serialization import serialize_graph
from eild.terms import graph_iri

SMALL = Path(__file__).parent / "fixtures" / "small"


@pytest.fixture(scope="session")
def small() -> PublishedDataset:
    """Return the small dataset, built with the packaged ontology and a small shape of its own."""
    return build_dataset(seeds=SMALL / "seeds", data=SMALL / "data", shapes=SMALL / "shapes")


@pytest.fixture(scope="session")
def own_dataset() -> PublishedDataset:
    """Return EILD's own dataset, built from the checkout."""
    return build_dataset()


@pytest.fixture(scope="session")
def oxigraph(own_dataset: PublishedDataset) -> pyoxigraph.Store:
    """Return the dataset in Oxigraph: the merge as default graph, the modules as named graphs."""
    store = pyoxigraph.Store()
    store.load(serialize_graph(own_dataset.merged(), N_TRIPLES), pyoxigraph.RdfFormat.N_TRIPLES)
    for module, graph in own_dataset.graphs.items():
        name = pyoxigraph.NamedNode(str(graph_iri(module)))
        store.load(serialize_graph(graph, N_TRIPLES), pyoxigraph.RdfFormat.N_TRIPLES, to_graph=name)
    return store


@pytest.fixture
def small_copy(tmp_path: Path) -> Path:
    """Return a writable copy of the small dataset's folders ``seeds`` and ``data``."""
    for source in SMALL.rglob("*"):
        if source.is_file():
            target = tmp_path / "small" / source.relative_to(SMALL)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(source.read_bytes())
    return tmp_path / "small"
