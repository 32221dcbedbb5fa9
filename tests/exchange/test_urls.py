"""Tests of paths, IRIs and links."""

from __future__ import annotations

from urllib.parse import urljoin, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eild.exchange.urls import Urls, relative_root

BASE = "https://w3id.org/eild/"
URLS = Urls(BASE)


@pytest.mark.parametrize(
    ("path", "root"), [("/", "./"), ("/doc", "./"), ("/doc/a", "../"), ("/id/agent/x", "../../"), ("/dumps/", "../")]
)
def test_relative_root_path_reference_to_root(path: str, root: str) -> None:
    """The reference leads from a path to the root, under any prefix."""
    assert relative_root(path) == root
    assert urljoin(f"http://h/prefix{path}", root) == "http://h/prefix/"


@pytest.mark.parametrize(
    ("iri", "path"),
    [
        (f"{BASE}id/agent/joe-biden", "doc/agent/joe-biden"),
        (f"{BASE}dataset", "doc/dataset"),
        (f"{BASE}id/agent/caf\u00e9", "doc/agent/caf%C3%A9"),
        (f"{BASE}id/a%20b", "doc/a%2520b"),
        (f"{BASE}ontology#Claim", "doc?iri=https%3A%2F%2Fw3id.org%2Feild%2Fontology%23Claim"),
        ("http://elsewhere/x", "doc?iri=http%3A%2F%2Felsewhere%2Fx"),
        (f"{BASE}doc/agent/x", "doc?iri=https%3A%2F%2Fw3id.org%2Feild%2Fdoc%2Fagent%2Fx"),
        (BASE, "doc?iri=https%3A%2F%2Fw3id.org%2Feild%2F"),
        (f"{BASE}id/x?y=z", "doc?iri=https%3A%2F%2Fw3id.org%2Feild%2Fid%2Fx%3Fy%3Dz"),
    ],
)
def test_document_iri_path(iri: str, path: str) -> None:
    """Resources below the base have paths of their own, all others are looked up by IRI."""
    assert URLS.document(iri) == path


def test_document_suffix_path_or_parameter() -> None:
    """A form is a suffix of the path, or a parameter where the IRI is one."""
    assert URLS.document(f"{BASE}id/agent/x", ".ttl") == "doc/agent/x.ttl"
    assert URLS.document("http://e/x", ".ttl") == "doc?iri=http%3A%2F%2Fe%2Fx&format=ttl"


@given(st.text(alphabet="abz09-_.~%é/", min_size=1, max_size=30))
def test_list_iris_document_of_iri_finds_it(name: str) -> None:
    """The path of a document leads back to the IRI that it is about."""
    iri = f"{BASE}id/{name}"
    path = urlsplit("/" + URLS.document(iri)).path
    if path.startswith("/doc/"):
        from urllib.parse import unquote

        assert iri in URLS.list_described_iris(unquote(path.removeprefix("/doc/")))


def test_link_vocabulary_term_leads_to_its_page() -> None:
    """Terms of the ontology and the shapes are shown on their pages, all else in documents."""
    assert URLS.link(f"{BASE}ontology#Claim") == "ontology#Claim"
    assert URLS.link(f"{BASE}shapes#ClaimShape") == "shapes#ClaimShape"
    assert URLS.link(f"{BASE}id/claim/1") == "doc/claim/1"


def test_absolute_path_public_url_else_base() -> None:
    """Absolute URLs begin with the configured URL, or with the base where there is none."""
    assert URLS.absolute("sparql") == f"{BASE}sparql"
    assert Urls(BASE, "https://data.example/").absolute("sparql") == "https://data.example/sparql"
