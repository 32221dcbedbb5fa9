"""Tests of the completion terms for query authors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eild.terms import CLASSES, DERIVED_PROPERTIES, PREFIXES, PROPERTIES

if TYPE_CHECKING:
    from flask.testing import FlaskClient

    from eild.web.frame.site import Site


def test_send_terms_own_data_whole_ontology_with_meanings(own_client: FlaskClient) -> None:
    """Every class and property of the ontology is offered with its label and definition, and all prefixes."""
    content = own_client.get("/sparql/terms.json").json
    assert content is not None
    assert content["prefixes"] == PREFIXES
    terms = {term["name"]: term for term in content["terms"]}
    for name in (*CLASSES, *PROPERTIES, *DERIVED_PROPERTIES):
        assert terms[f"eild:{name}"]["label"], name
        assert terms[f"eild:{name}"]["definition"], name


def test_send_terms_counts_are_those_of_queries(own_client: FlaskClient) -> None:
    """A class says how many instances it has, a property how many triples, as queries count them."""
    content = own_client.get("/sparql/terms.json").json
    assert content is not None
    terms = {term["name"]: term for term in content["terms"]}
    prefix = f"PREFIX eild: <{PREFIXES['eild']}>"
    for name, query in (
        ("eild:Claim", "SELECT (COUNT(*) AS ?n) { ?x a eild:Claim }"),
        ("eild:stance", "SELECT (COUNT(*) AS ?n) { ?x eild:stance ?y }"),
    ):
        answer = own_client.get("/sparql", query_string={"query": f"{prefix} {query}", "format": "csv"}).text
        assert int(answer.split()[1]) == terms[name]["uses"] > 0


def test_send_terms_names_mean_their_iris(own_site: Site) -> None:
    """What is offered as a name stands for its IRI, and no name is offered twice."""
    names = [term.name for term in own_site.query_terms]
    assert len(names) == len(set(names))
    for term in own_site.query_terms:
        if not term.name.startswith("<"):
            prefix, _, local = term.name.partition(":")
            assert PREFIXES[prefix] + local == term.iri


def test_send_terms_foreign_data_its_own_words(foreign: FlaskClient) -> None:
    """Of somebody else's data the classes and properties that they use are offered."""
    content = foreign.get("/sparql/terms.json").json
    assert content is not None
    kinds = {term["iri"]: term["kind"] for term in content["terms"]}
    assert kinds["http://example.org/Animal"] == "class"
    assert kinds["http://example.org/eats"] == "property"
    assert kinds["http://example.org/cat"] == "resource"
