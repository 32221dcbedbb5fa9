"""The directory of a new project."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from rdflib import Graph, Literal, URIRef
from rdflib.namespace import DCTERMS, RDFS

from eild.errors import EnvironmentFailure, UsageError
from eild.names import choose_names
from eild.projects.files import write_new
from eild.projects.new import NewProject, create_project, make_slug

if TYPE_CHECKING:
    from pathlib import Path

BASE = "https://data.example.org/town/"


def make(folder: Path, *, title: str = "Votes", publisher: str = "Town archive", licence: str = "") -> Graph:
    """Make a project and return its data."""
    more = {"licence": licence} if licence else {}
    files = create_project(folder, NewProject(choose_names(BASE), title, publisher, date(2031, 6, 1), **more))
    graph = Graph()
    for path in files:
        assert path.is_file()
        if path.suffix == ".ttl":
            graph.parse(path)
    return graph


def test_new_project_describes_its_dataset_and_publisher(tmp_path: Path) -> None:
    """What the options say is in the data, with whatever characters it has."""
    title, publisher = 'Votes "here" \\ there', "Archive of Åsgård"
    graph = make(tmp_path / "town", title=title, publisher=publisher, licence="https://example.org/licence")
    dataset, agent = URIRef(f"{BASE}dataset"), URIRef(f"{BASE}id/agent/archive-of-asgard")
    assert graph.value(dataset, DCTERMS.title) == Literal(title, lang="en")
    assert graph.value(dataset, DCTERMS.license) == URIRef("https://example.org/licence")
    assert graph.value(dataset, DCTERMS.creator) == graph.value(dataset, DCTERMS.publisher) == agent
    assert graph.value(agent, RDFS.label) == Literal(publisher, lang="en")


def test_new_project_uses_the_shapes_by_reference(tmp_path: Path) -> None:
    """The project names the shapes and has no copy of them."""
    make(tmp_path / "town")
    assert "https://w3id.org/eild/shapes" in (tmp_path / "town" / "README.md").read_text(encoding="utf-8")
    assert not list((tmp_path / "town").rglob("*shapes*"))


def test_new_project_overwrites_nothing(tmp_path: Path) -> None:
    """If one file exists, no file is written."""
    readme = tmp_path / "README.md"
    readme.write_text("mine")
    with pytest.raises(UsageError, match="exists and is not overwritten") as raised:
        make(tmp_path)
    assert raised.value.hint
    assert readme.read_text() == "mine"
    assert list(tmp_path.iterdir()) == [readme]


def test_new_files_that_cannot_all_be_written_are_removed(tmp_path: Path) -> None:
    """A failure in the middle leaves nothing behind."""
    (tmp_path / "blocked").write_text("a file where a folder would be")
    with pytest.raises(EnvironmentFailure, match="cannot write the file"):
        write_new({tmp_path / "first": b"1", tmp_path / "blocked" / "second": b"2"})
    assert not (tmp_path / "first").exists()


@pytest.mark.parametrize(
    ("values", "message"),
    [({"licence": "MIT"}, "--licence must be an http or https IRI"), ({"publisher": "档案"}, "letters or digits")],
)
def test_new_project_says_what_is_wrong(tmp_path: Path, values: dict[str, str], message: str) -> None:
    """A wrong value is named, with what to do."""
    with pytest.raises(UsageError, match=message) as raised:
        make(tmp_path / "town", **values)
    assert raised.value.hint
    assert not (tmp_path / "town").exists()


@pytest.mark.parametrize(
    ("base", "message"),
    [
        ("https://data.example.org/town", "ends with a slash"),
        ("https://data.example.org/town#", "ends with a slash"),
        ("https://data.example.org/?a/", "ends with a slash"),
        ("ftp://data.example.org/", "http or https"),
        ("https://data.example.org/a b/", "http or https"),
        ("https://w3id.org/eild/town/", "belong to EILD"),
        ("https://w3id.org/", "belong to EILD"),
    ],
)
def test_base_that_cannot_begin_the_iris_of_a_project_is_refused(base: str, message: str) -> None:
    """A base ends with a slash, and neither contains EILD's nor is in it."""
    with pytest.raises(UsageError, match=message):
        choose_names(base)


def test_names_of_a_project_share_only_ontology_shapes_and_concepts() -> None:
    """Prefixes of resources begin with the base, those of shared terms with EILD's; own concepts have their own."""
    prefixes = choose_names(BASE).prefixes
    assert prefixes["claim"] == f"{BASE}id/claim/"
    assert prefixes["graph"] == f"{BASE}graph/"
    assert prefixes["eild"] == "https://w3id.org/eild/ontology#"
    assert prefixes["topic"] == "https://w3id.org/eild/id/concept/topic/"
    assert prefixes["own-topic"] == f"{BASE}id/concept/topic/"
    assert "own-topic" not in choose_names("").prefixes


@pytest.mark.parametrize(
    ("text", "slug"), [("Straße in Évian", "strasse-in-evian"), ("A -- b_c.", "a-b-c"), ("投票", "")]
)
def test_slugs_are_in_kebab_case(text: str, slug: str) -> None:
    """Marks are dropped, all else that is no letter or digit becomes a hyphen."""
    assert make_slug(text) == slug
