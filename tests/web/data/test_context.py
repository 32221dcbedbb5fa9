"""Tests of the JSON-LD context: what is written with its short names is read as the triples of the data."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, parse

from eild.namespaces import EILD
from eild.terms import CLASSES, DERIVED_PROPERTIES, PROPERTIES

if TYPE_CHECKING:
    from flask.testing import FlaskClient

    from eild.web.frame.site import Site

PATH = "/context.jsonld"


def write_value(term: NamedNode | Literal, rule: object) -> Any:
    """Return a term as somebody would write it under the rule of a context."""
    if isinstance(term, NamedNode):
        return term.value if isinstance(rule, dict) and rule.get("@type") == "@id" else {"id": term.value}
    if term.language:
        return {"@value": term.value, "@language": term.language}
    datatype = term.datatype.value
    if isinstance(rule, dict) and rule.get("@type") == datatype:
        return term.value
    return term.value if datatype.endswith("#string") else {"@value": term.value, "@type": datatype}


def test_context_short_names_read_as_the_triples_of_the_data(own_client: FlaskClient, own_site: Site) -> None:
    """Every claim, proposition and time, written with short names under the context, is read back triple for triple."""
    context = own_client.get(PATH).json
    assert context is not None
    rules, namespace = context["@context"], str(EILD)
    nodes = [NamedNode(claim.iri) for claim in own_site.claims.claims.values()]
    nodes += [NamedNode(part.named.iri) for claim in own_site.claims.curated for part in claim.propositions]
    nodes += [NamedNode(claim.time.iri) for claim in own_site.claims.curated if claim.time]
    expected: set[Triple] = set()
    documents = []
    for node in dict.fromkeys(nodes):
        written: dict[str, Any] = {"id": node.value}
        for triple in own_site.documents.outgoing(node):
            name = triple.predicate.value.removeprefix(namespace)
            if triple.predicate.value.startswith(namespace) and isinstance(triple.object, NamedNode | Literal):
                written.setdefault(name, []).append(write_value(triple.object, rules[name]))
                expected.add(triple)
        documents.append(written)
    text = json.dumps({**context, "@graph": documents})
    assert {quad.triple for quad in parse(text, RdfFormat.JSON_LD)} == expected


def test_context_every_term_of_the_ontology_has_a_short_name(own_client: FlaskClient) -> None:
    """All classes and properties can be written by their local names, and classes as types."""
    content = own_client.get(PATH).json
    assert content is not None
    for name in (*CLASSES, *PROPERTIES, *DERIVED_PROPERTIES):
        rule = content["@context"][name]
        assert (rule["@id"] if isinstance(rule, dict) else rule) == str(EILD[name])
    text = json.dumps({**content, "id": "urn:a", "type": "Claim"})
    (quad,) = parse(text, RdfFormat.JSON_LD)
    assert quad.object == NamedNode(str(EILD.Claim))


def test_context_version_never_changes_and_unknown_one_not_found(own_client: FlaskClient) -> None:
    """The context of the ontology's version may be kept for ever; another version is refused with those there are."""
    response = own_client.get("/context/0.2.0.jsonld")
    assert response.data == own_client.get(PATH).data
    assert "immutable" in response.headers["Cache-Control"]
    assert response.headers["Content-Type"] == "application/ld+json"
    unknown = own_client.get("/context/9.9.9.jsonld", headers={"Accept": "application/json"})
    assert unknown.status_code == 404
    assert unknown.json is not None
    assert "0.2.0" in unknown.json["hint"]


def test_context_foreign_data_prefixes_only(foreign: FlaskClient) -> None:
    """Data without the ontology have a context of their prefixes."""
    content = foreign.get(PATH).json
    assert content is not None
    assert "Claim" not in content["@context"]
