"""Fixtures that all tests share: a small dataset with a seed text of its own and a server of it, EILD's dataset."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph
import pytest

from eild.dataset import PublishedDataset, build_dataset
from eild.dumps.directory import write_build
from eild.media import N_TRIPLES
from eild.namespaces import graph_iri
from eild.serialization import serialize_graph

if TYPE_CHECKING:
    from collections.abc import Iterator

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


@pytest.fixture(scope="session")
def site_url(small: PublishedDataset, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the URL of a running server over the small dataset, with a final slash."""
    build = write_build(small, tmp_path_factory.mktemp("build") / "dist")
    command = [sys.executable, "-c", "from eild.cli import main; main()", "serve", "--port", "0", "--dist", str(build)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    match = re.search(r"http://\S+/", process.stdout.readline())
    if match is None:
        _, errors = process.communicate(timeout=20)
        pytest.fail(f"the server did not start: {errors}")
    yield match[0]
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=30)
