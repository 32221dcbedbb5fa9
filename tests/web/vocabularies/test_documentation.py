"""``docs/http.md`` against the program: every route with its methods, every parameter, and what it says of answers."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from pyoxigraph import RdfFormat, parse

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask.testing import FlaskClient

PAGE = (Path(__file__).parents[3] / "docs" / "http.md").read_text(encoding="utf-8")
ENDINGS = ".ttl .nt .jsonld .rdf .html"


def simplify(rule: str) -> list[str]:
    """Return the paths that a rule of the application stands for, as the page writes them."""
    rule = re.sub(r"<any\((ttl[^)]*)\):(\w+)>", r"<\2>", rule)
    rule = re.sub(r"<path:(\w+)>", r"<\1>", rule)
    match = re.search(r"<any\(([^)]*)\):\w+>", rule)
    if match is None:
        return [rule]
    return [rule.replace(match[0], name.strip()) for name in match[1].split(",")]


def read_rows(heading: str) -> list[list[str]]:
    """Return the rows of the first table below a heading."""
    section = PAGE.partition(f"## {heading}\n")[2].partition("\n## ")[0]
    rows = [line.strip("| ").split(" | ") for line in section.splitlines() if line.startswith("|")]
    return rows[2:]


def test_page_lists_every_route_with_its_methods(client: FlaskClient) -> None:
    """The table of paths has each route of the application, no other, and its methods."""
    served = {
        path: sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
        for rule in client.application.url_map.iter_rules()
        for path in simplify(rule.rule)
    }
    written = {path.strip("`"): row[1].split(", ") for row in read_rows("Paths") for path in row[0].split(", ")}
    assert written == served


def test_page_lists_every_parameter() -> None:
    """The table of parameters has what the endpoint reads."""
    names = [row[0].strip("`") for row in read_rows("Queries")]
    protocol = ["query", "default-graph-uri", "named-graph-uri", "format", "download"]
    assert names == [*protocol, "view", "words", "example"]


def test_describe_answers_as_the_page_says(publish: Callable[..., FlaskClient]) -> None:
    """DESCRIBE follows blank nodes, and nothing else."""
    text = """@prefix : <http://example.org/> .
    :a :p [ :q [ :r 1 ] , :b ] . :b :p :c . :c :p :a ."""
    client = publish("data.ttl", text)
    body = client.get("/sparql", query_string={"query": "DESCRIBE <http://example.org/a>", "format": "nt"}).data
    predicates = sorted(quad.predicate.value[-1] for quad in parse(body, RdfFormat.N_TRIPLES))
    assert predicates == ["p", "q", "q", "r"]


def test_result_that_xml_cannot_carry_refused_and_whole_elsewhere(client: FlaskClient) -> None:
    """A character that XML forbids gets 406 as XML, and arrives in any other form."""
    query = 'SELECT ("a\\u0001b" AS ?x) {}'
    refused = client.get("/sparql", query_string={"query": query, "format": "xml"})
    assert refused.status_code == 406
    assert "U+0001" in refused.text
    whole = client.get("/sparql", query_string={"query": query, "format": "json"})
    assert whole.json is not None
    assert whole.json["results"]["bindings"][0]["x"]["value"] == "a\x01b"


def test_page_names_the_forms_of_documents() -> None:
    """The suffixes of documents are those that the page names."""
    assert ENDINGS in PAGE
