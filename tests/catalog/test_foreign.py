"""Tests of the catalogue of somebody else's data: what is known is said, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from pyoxigraph import NamedNode, RdfFormat, Store, Triple, parse
from rdflib.namespace import DCTERMS

from eild import media
from eild.catalog import statistics
from eild.catalog.statistics import count_store
from eild.config import DEFAULT_ADDRESS
from eild.errors import DataError
from eild.namespaces import DCAT, SD, VOID
from eild.publication.contents import load_catalog
from eild.publication.manifest import CATALOG, load_publication
from eild.publication.of_endpoint import write_remote_publication
from eild.publication.of_files import write_publication
from eild.publication.on_disk import write_store
from eild.query.embedded import EmbeddedEngine
from eild.query.engine import QueryRequest

if TYPE_CHECKING:
    from pathlib import Path

    from eild.publication.manifest import Publication

BASE = "http://example.org/"
TEXT = """@prefix : <http://example.org/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
:a a :Thing ; :size 1 ; owl:sameAs <http://elsewhere.example/a> , :b .
:b a :Thing , :Part ; :of :a .
:g { :c :of :a ; :size 2 . }
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Return a file of somebody else's data."""
    path = tmp_path / "things.trig"
    path.write_text(TEXT, encoding="utf-8")
    return path


def publish(file: Path, base: str = BASE) -> Publication:
    """Return what is published of a file."""
    folder = file.parent / "build"
    folder.mkdir()
    write_publication([file], folder, base=base)
    return load_publication(folder)


def say(triples: list[Triple], subject: str, name: str) -> list[str]:
    """Return the values that a catalogue gives for a property."""
    found = (
        triple for triple in triples if (triple.subject, triple.predicate.value) == (NamedNode(subject), str(name))
    )
    return sorted(triple.object.value for triple in found if not isinstance(triple.object, Triple))


def test_catalog_of_files_says_what_is_known(file: Path) -> None:
    """Title, version, day, files and counts are there; publisher, licence, contact and theme are not invented."""
    publication = publish(file)
    found = load_catalog(publication)
    dataset = f"{BASE}dataset"
    assert say(found, dataset, DCTERMS.title) == ["things.trig"]
    assert say(found, dataset, DCAT.version) == [publication.version]
    assert say(found, dataset, DCTERMS.issued) == [publication.issued.isoformat()]
    dumps = say(found, dataset, VOID.dataDump)
    assert dumps == sorted(f"{BASE}dumps/{name}" for name in publication.files)
    counts = {name: say(found, dataset, name) for name in (VOID.triples, VOID.entities, VOID.classes, VOID.properties)}
    assert list(counts.values()) == [["9"], ["3"], ["2"], ["4"]]
    unknown = {DCTERMS.publisher, DCTERMS.license, DCAT.contactPoint, DCAT.theme, DCAT.keyword, DCTERMS.language}
    assert not {triple.predicate.value for triple in found} & set(map(str, unknown))


def test_catalog_of_files_links_only_to_what_they_do_not_describe(file: Path) -> None:
    """A link to a resource that the data describe is none to another dataset."""
    found = load_catalog(publish(file))
    targets = [triple.object for triple in found if triple.predicate.value == str(VOID.objectsTarget)]
    assert len(targets) == 1
    spaces = say(found, str(getattr(targets[0], "value", "")), VOID.uriSpace)
    assert spaces == ["http://elsewhere.example/"]


def test_catalog_of_files_without_base_owns_no_namespace(file: Path) -> None:
    """Where the operator names no base, no namespace is claimed."""
    found = load_catalog(publish(file, ""))
    assert say(found, f"{DEFAULT_ADDRESS}dataset", VOID.uriSpace) == []


def test_catalog_of_files_is_no_graph_of_theirs(file: Path) -> None:
    """The endpoint over files has exactly their graphs."""
    engine = EmbeddedEngine.load(publish(file), prefixes={})
    query = QueryRequest("SELECT ?g { GRAPH ?g {} }", results=media.CSV)
    assert engine.evaluate(query).body.decode().split() == ["g", f"{BASE}g"]


def test_catalog_of_files_same_files_same_bytes(file: Path, tmp_path: Path) -> None:
    """The same files give the same catalogue."""
    other = tmp_path / "again"
    other.mkdir()
    write_publication([file], other, base=BASE)
    assert (other / CATALOG).read_bytes() == publish(file).read_catalog()


def test_catalog_of_a_store_is_counted_when_it_is_loaded(file: Path, tmp_path: Path) -> None:
    """A store on disk comes with its catalogue: classes, properties and named graphs with their numbers."""
    publication = write_store([file], tmp_path / "store", base=BASE)
    found = load_catalog(publication)
    dataset = f"{BASE}dataset"
    assert say(found, dataset, VOID.triples) == ["9"]
    parts = say(found, dataset, VOID.classPartition)
    counts = {
        (*say(found, part, VOID["class"]), *say(found, part, VOID.entities)) for part in parts if part.startswith(BASE)
    }
    assert counts == {(f"{BASE}Thing", "2"), (f"{BASE}Part", "1")}
    assert say(found, f"{BASE}dataset#graph-{'http%3A%2F%2Fexample.org%2Fg'}", SD.name) == [f"{BASE}g"]
    properties = say(found, dataset, VOID.propertyPartition)
    assert {(*say(found, part, VOID.property), *say(found, part, VOID.triples)) for part in properties} >= {
        (f"{BASE}of", "2"),
        (f"{BASE}size", "2"),
    }


def test_count_store_of_many_properties_leaves_them_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a store with more properties than anybody reads, classes and triples are counted, and properties are not."""
    store = Store()
    store.load(TEXT.encode(), RdfFormat.TRIG)
    whole = count_store(store)
    assert sum(count.triples for count in whole.properties) == whole.triples > 0
    monkeypatch.setattr(statistics, "MOST_PROPERTIES", len(whole.properties) - 1)
    found = count_store(store)
    assert (found.properties, found.triples) == ((), whole.triples)
    assert [(count.iri, count.entities) for count in found.classes] == [(f"{BASE}Part", 1), (f"{BASE}Thing", 2)]


def test_catalog_of_a_server_elsewhere_counts_nothing(tmp_path: Path) -> None:
    """Of data that another server holds the catalogue names endpoint and title, and no number that could change."""
    write_remote_publication(tmp_path, "http://backend.example/sparql", BASE)
    found = load_catalog(load_publication(tmp_path), "http://public.example/")
    assert say(found, f"{BASE}sparql", DCAT.endpointURL) == ["http://public.example/sparql"]
    assert say(found, f"{BASE}dataset", DCTERMS.title) == ["backend.example/sparql"]
    said = {triple.predicate.value for triple in found}
    assert not said & set(map(str, (VOID.triples, VOID.dataDump, SD.namedGraph, DCAT.downloadURL)))


def test_catalog_damaged_is_refused(file: Path) -> None:
    """A catalogue that is not the one of the manifest is named and refused, like a dump."""
    publication = publish(file)
    path = publication.folder / CATALOG
    path.write_text(path.read_text(encoding="utf-8").replace("things", "stings"), encoding="utf-8")
    with pytest.raises(DataError, match="corrupt"):
        publication.check_dumps()
    with pytest.raises(DataError, match="corrupt"):
        load_catalog(publication)


def test_catalog_file_is_turtle_that_others_parse(file: Path) -> None:
    """The file of the catalogue is Turtle."""
    assert list(parse(publish(file).read_catalog(), RdfFormat.TURTLE))
