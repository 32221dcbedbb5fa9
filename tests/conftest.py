"""Fixtures that all tests share: datasets, files of third parties, what is published of them, sites and servers."""

from __future__ import annotations

import fcntl
import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import hypothesis
import pyoxigraph
import pytest
from prometheus_client.parser import text_string_to_metric_families

from eild.config import Settings
from eild.dataset import BuiltDataset, build_dataset
from eild.media import N_TRIPLES
from eild.namespaces import graph_iri
from eild.publication.directory import write_build
from eild.publication.manifest import Publication, load_publication
from eild.publication.of_files import write_publication
from eild.query.embedded import EmbeddedEngine
from eild.rdf.canonical import serialize_graph
from eild.terms import PREFIXES
from eild.web.app import create_app
from eild.web.frame.site import Site, load_site

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flask.testing import FlaskClient

    from eild.exchange.metrics import Metrics

# How fast a machine generates examples says nothing about the code. Continuous integration tries the same examples each
# time, so that a change is judged by what it changes; runs elsewhere search for new ones.
hypothesis.settings.register_profile(
    "eild",
    deadline=None,
    derandomize=bool(os.environ.get("CI")),
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile("eild")

ROOT = Path(__file__).parents[1]
SMALL = Path(__file__).parent / "fixtures" / "small"
FOREIGN = """@prefix ex: <http://example.org/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
ex:cat a ex:Animal ; rdfs:label "cat <b>&</b>"@en ; ex:eats ex:fish , <http://elsewhere.example/mouse> .
ex:fish rdfs:label "fish"@en .
<http://elsewhere.example/mouse> rdfs:label "mouse"@en ; rdfs:seeAlso <javascript:alert(1)> .
<http://example.org/with%20space> rdfs:label "a space"@en .
<http://example.org/caf\u00e9> rdfs:label "caf\u00e9"@fr .
<http://example.org/v1.ttl> rdfs:label "a name with a suffix"@en .
"""
TURTLE = """@prefix ex: <http://example.org/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
ex:a a ex:Thing ; rdfs:label "Thing A"@en ; ex:price 1.50 ; ex:part [ rdfs:label "part" ] .
<relative> ex:note "two\\nlines" .
"""
TRIG = """@prefix ex: <http://example.org/> .
ex:graph { ex:a ex:price 1.50 . _:b ex:about ex:a }
ex:empty { }
ex:c ex:note "<x> {}" .
"""


class Numbers:
    """The samples of an exposition for Prometheus, as its own client library reads them.

    :param text: the body of ``/metrics``
    """

    def __init__(self, text: str) -> None:
        families = list(text_string_to_metric_families(text))
        samples = [sample for family in families for sample in family.samples]
        self._values = {(sample.name, *sorted(sample.labels.items())): sample.value for sample in samples}
        assert len(self._values) == len(samples), "a series is listed twice"

    def __call__(self, name: str, **labels: str) -> float:
        """Return the value of a sample."""
        return self._values[name, *sorted(labels.items())]


@pytest.fixture(scope="session")
def read_numbers() -> Callable[[str | Metrics], Numbers]:
    """Return what reads the numbers of a server, or those of one process."""
    return lambda found: Numbers(found if isinstance(found, str) else found.render("1").decode())


@pytest.fixture(scope="session")
def small() -> BuiltDataset:
    """Return the small dataset, built with the packaged ontology and a small shape of its own."""
    return build_dataset(seeds=SMALL / "seeds", data=SMALL / "data", shapes=SMALL / "shapes")


@pytest.fixture(scope="session")
def own_dataset() -> BuiltDataset:
    """Return EILD's own dataset, built from the checkout."""
    return build_dataset()


@pytest.fixture(scope="session")
def own_build(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a build directory of EILD's own dataset, which no test may change: one for all processes of a run."""
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent
    with (folder / "own-build.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (build := folder / "own-build").exists():
            write_build(request.getfixturevalue("own_dataset"), build)
    return build


@pytest.fixture(scope="session")
def install() -> Callable[[str], Path]:
    """Return a function that installs an environment of the tests by the recipe of ``make test``, and returns its path.

    One test process at a time does it.
    """

    def run(name: str) -> Path:
        with (ROOT / f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            command = ["make", "--silent", f"{name}/installed"]
            made = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)
        assert made.returncode == 0, made.stdout + made.stderr
        return ROOT / name

    return run


@pytest.fixture(scope="session")
def oxigraph(own_dataset: BuiltDataset) -> pyoxigraph.Store:
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


def _serve(build: Path) -> Iterator[str]:
    """Yield the URL of a running server over a build directory, with a final slash, and end the server."""
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


@pytest.fixture(scope="session")
def site_url(small: BuiltDataset, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the URL of a running server over the small dataset, with a final slash."""
    yield from _serve(write_build(small, tmp_path_factory.mktemp("build") / "dist"))


@pytest.fixture(scope="session")
def own_site_url(own_build: Path) -> Iterator[str]:
    """Return the URL of a running server over EILD's own dataset, with a final slash."""
    yield from _serve(own_build)


@pytest.fixture(scope="session")
def build(small: BuiltDataset, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a build directory of the small dataset."""
    return write_build(small, tmp_path_factory.mktemp("build") / "dist")


def make_site(folder: Path, settings: Settings | None = None) -> Site:
    """Return a site over a build directory whose queries run in this process."""
    publication = load_publication(folder)
    prefixes = publication.prefixes or PREFIXES
    engine = EmbeddedEngine.load(publication, prefixes=prefixes, result_bytes=1_000_000)
    return load_site(folder, settings or Settings(), engine)


@pytest.fixture(scope="session")
def open_site() -> Callable[[Path], Site]:
    """Return a function that opens a site over a build directory."""
    return make_site


@pytest.fixture(scope="session")
def site(build: Path) -> Site:
    """Return the site of the small dataset."""
    return make_site(build)


@pytest.fixture(scope="session")
def own_site(own_build: Path) -> Site:
    """Return the site of EILD's own dataset."""
    return make_site(own_build)


@pytest.fixture(scope="session")
def own_client(own_site: Site) -> FlaskClient:
    """Return a client of the application over EILD's own dataset."""
    return create_app(own_site).test_client()


@pytest.fixture
def public_client(build: Path) -> FlaskClient:
    """Return a client of the application whose operator named a public URL."""
    return create_app(make_site(build, Settings(public_url="https://data.example/eild/"))).test_client()


@pytest.fixture
def client(site: Site) -> FlaskClient:
    """Return a client of the application over the small dataset."""
    return create_app(site).test_client()


@pytest.fixture
def foreign(tmp_path: Path) -> FlaskClient:
    """Return a client of the application over somebody else's data."""
    (tmp_path / "animals.ttl").write_text(FOREIGN, encoding="utf-8")
    folder = tmp_path / "build"
    folder.mkdir()
    write_publication([tmp_path / "animals.ttl"], folder, base="http://example.org/")
    return create_app(make_site(folder)).test_client()


@pytest.fixture(scope="session")
def publish(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., FlaskClient]:
    """Return a function that serves the text of a file as somebody else's data, and returns a client of it."""

    def serve(name: str, text: str, *, union: bool = True, base: str = "http://example.org/") -> FlaskClient:
        folder = tmp_path_factory.mktemp("publish")
        (folder / name).write_text(text, encoding="utf-8")
        (folder / "build").mkdir()
        write_publication([folder / name], folder / "build", base=base, union=union)
        return create_app(make_site(folder / "build")).test_client()

    return serve


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    """Return a Turtle and a TriG file."""
    (tmp_path / "things.ttl").write_text(TURTLE, encoding="utf-8")
    (tmp_path / "graphs.trig").write_text(TRIG, encoding="utf-8")
    return [tmp_path / "things.ttl", tmp_path / "graphs.trig"]


@pytest.fixture
def publication(files: list[Path], tmp_path: Path) -> Publication:
    """Return what is published of the files."""
    folder = tmp_path / "build"
    folder.mkdir()
    write_publication(files, folder, base="http://example.org/")
    return load_publication(folder)


@pytest.fixture
def engine(publication: Publication) -> EmbeddedEngine:
    """Return an engine in this process over the files."""
    return EmbeddedEngine.load(publication, prefixes={"ex": "http://example.org/"}, result_bytes=100_000)
