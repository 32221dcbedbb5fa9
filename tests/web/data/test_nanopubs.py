"""``/np/``: nanopublications at their IRIs, in every form, also those of former versions."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pyoxigraph
import pytest

from eild.dataset.nanopubs import build_nanopubs
from eild.publication.directory import write_build
from eild.terms import BASE
from eild.web.app import create_app

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from flask.testing import FlaskClient

    from eild.dataset import BuiltDataset
    from eild.web.frame.site import Site

FORMS = {
    "application/trig": pyoxigraph.RdfFormat.TRIG,
    "application/n-quads": pyoxigraph.RdfFormat.N_QUADS,
    "application/ld+json": pyoxigraph.RdfFormat.JSON_LD,
}


@pytest.fixture
def path(small: BuiltDataset) -> str:
    """Return the path of a nanopublication."""
    return f"/{small.nanopubs[0].iri.removeprefix(BASE)}"


def parse(content: bytes, form: pyoxigraph.RdfFormat) -> set[pyoxigraph.Quad]:
    """Return the statements of an answer."""
    return set(pyoxigraph.parse(content, form))


@pytest.mark.parametrize(
    ("accept", "content_type"),
    [
        (None, "application/trig"),
        ("*/*", "application/trig"),
        *((form, form) for form in FORMS),
        ("application/json", "application/ld+json"),
        ("text/html", "text/html; charset=utf-8"),
    ],
)
def test_get_nanopub_by_accept(client: FlaskClient, path: str, accept: str | None, content_type: str) -> None:
    """The form is negotiated among those that can carry named graphs."""
    response = client.get(path, headers={"Accept": accept} if accept else {})
    assert (response.status_code, response.headers["Content-Type"]) == (200, content_type)


def test_get_nanopub_forms_hold_the_same_statements(client: FlaskClient, small: BuiltDataset, path: str) -> None:
    """Each form has the four graphs as they are in the dataset."""
    expected = len(list(small.nanopubs[0].quads()))
    answers = [parse(client.get(path, headers={"Accept": accept}).data, form) for accept, form in FORMS.items()]
    assert answers[0] == answers[1] == answers[2]
    assert len(answers[0]) == expected
    for suffix, form in (
        ("trig", "application/trig"),
        ("nq", "application/n-quads"),
        ("jsonld", "application/ld+json"),
    ):
        assert parse(client.get(f"{path}.{suffix}").data, FORMS[form]) == answers[0]


def test_get_nanopub_turtle_is_not_acceptable(client: FlaskClient, path: str) -> None:
    """A syntax of single graphs cannot carry a nanopublication."""
    assert client.get(path, headers={"Accept": "text/turtle"}).status_code == 406


def test_get_nanopub_never_changes(client: FlaskClient, path: str) -> None:
    """RDF forms are immutable, with a strong tag; the page is not, for its words may get better."""
    response = client.get(path)
    assert "immutable" in response.headers["Cache-Control"]
    again = client.get(path, headers={"If-None-Match": response.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert "immutable" not in client.get(f"{path}.html").headers["Cache-Control"]


def test_get_nanopub_links_lead_to_name_claim_and_forms(client: FlaskClient, small: BuiltDataset, path: str) -> None:
    """The Link field has the persistent name, the claim and the other forms."""
    link = client.get(path).headers["Link"]
    assert f'<{small.nanopubs[0].iri}>; rel="cite-as"' in link
    assert f'<{small.nanopubs[0].claim}>; rel="describes"' in link
    assert f'<..{path}.html>; rel="alternate"; type="text/html"' in link


def test_get_nanopub_page_shows_claim_and_words(client: FlaskClient, small: BuiltDataset, path: str) -> None:
    """The page links the claim, says that nothing described is asserted, and shows the evidence."""
    page = client.get(f"{path}.html").text
    claim = small.nanopubs[0].claim.rpartition("/")[2]
    assert f"doc/claim/{claim}" in page
    assert "described, not asserted" in page
    assert "Provenance" in page


def test_get_claim_leads_to_its_nanopub(client: FlaskClient, small: BuiltDataset, path: str) -> None:
    """The document about a claim names its nanopublication, and the page links it."""
    claim = small.nanopubs[0].claim.rpartition("/")[2]
    assert str(small.nanopubs[0].iri) in client.get(f"/doc/claim/{claim}.nt").text
    assert f'href="../..{path}"' in client.get(f"/doc/claim/{claim}.html").text


@pytest.mark.parametrize("name", [f"RA{'x' * 43}", "RAx", "first", f"RA{'x' * 43}.ttl"])
def test_get_unknown_nanopub_is_not_found(client: FlaskClient, name: str) -> None:
    """What there is not is 404, also where the name could not be one."""
    assert client.get(f"/np/{name}").status_code == 404


def test_get_nanopub_of_a_former_version_is_kept(
    small: BuiltDataset, tmp_path: Path, path: str, open_site: Callable[[Path], Site]
) -> None:
    """A trusty IRI that was published once is answered by later builds too."""
    write_build(small, tmp_path / "out")
    nanopubs = build_nanopubs(small.graphs, "1.3.0", date(2031, 7, 1))
    later = replace(small, version="1.3.0", issued=date(2031, 7, 1), nanopubs=nanopubs)
    client = create_app(open_site(write_build(later, tmp_path / "out"))).test_client()
    for found in (path, f"/{nanopubs[0].iri.removeprefix(BASE)}"):
        assert client.get(found).status_code == 200


def test_get_np_of_foreign_data_is_theirs(publish: Callable[..., FlaskClient]) -> None:
    """Somebody else's resources below np/ are answered as all of theirs."""
    name = f"RA{'x' * 43}"
    client = publish("a.ttl", f'<http://example.org/np/{name}> <http://example.org/p> "x" .')
    assert client.get(f"/np/{name}").status_code == 303
