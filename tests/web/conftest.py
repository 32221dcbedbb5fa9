"""Fixtures of the web tests: a build of the small dataset, and the application over it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from eild.config import Settings
from eild.dumps.directory import write_build
from eild.store.embedded import EmbeddedEngine
from eild.store.foreign import write_publication
from eild.store.publication import load_publication
from eild.terms import PREFIXES
from eild.web.app import create_app
from eild.web.site import Site, load_site

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from flask.testing import FlaskClient

    from eild.dataset import PublishedDataset

FOREIGN = """@prefix ex: <http://example.org/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
ex:cat a ex:Animal ; rdfs:label "cat <b>&</b>"@en ; ex:eats ex:fish , <http://elsewhere.example/mouse> .
ex:fish rdfs:label "fish"@en .
<http://elsewhere.example/mouse> rdfs:label "mouse"@en ; rdfs:seeAlso <javascript:alert(1)> .
<http://example.org/with%20space> rdfs:label "a space"@en .
<http://example.org/caf\u00e9> rdfs:label "caf\u00e9"@fr .
<http://example.org/v1.ttl> rdfs:label "a name with a suffix"@en .
"""


@pytest.fixture(scope="session")
def build(small: PublishedDataset, tmp_path_factory: pytest.TempPathFactory) -> Path:
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
def own_site(own_dataset: PublishedDataset, tmp_path_factory: pytest.TempPathFactory) -> Site:
    """Return the site of EILD's own dataset."""
    return make_site(write_build(own_dataset, tmp_path_factory.mktemp("own") / "dist"))


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
