"""Tests of citations: what reference managers read says the same in every form, of the dataset and of its parts."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest
import rispy  # type: ignore[import-untyped] # the package has no type information
from lxml import html
from pybtex.database import parse_string  # type: ignore[import-untyped] # the package has no type information

from eild.facts.retired import Retired
from eild.web.app import create_app
from eild.web.data.citations import Citation, write_bibtex, write_csl, write_ris, write_text

if TYPE_CHECKING:
    from flask.testing import FlaskClient

    from eild.web.frame.site import Site

BASE = "https://w3id.org/eild/"
CLAIM = "https://w3id.org/eild/id/claim/000-012-4"
DATASET = "https://w3id.org/eild/dataset"


def cite(client: FlaskClient, iri: str, form: str) -> str:
    """Return the citation of a resource in a form."""
    answer = client.get("/cite", query_string={"iri": iri, "format": form})
    assert answer.status_code == 200
    return answer.text


@pytest.mark.parametrize("iri", ["", DATASET, CLAIM])
def test_cite_every_form_says_the_same(own_client: FlaskClient, own_site: Site, iri: str) -> None:
    """BibTeX, CSL-JSON, RIS and text, read by the programs of others, name the same author, title, year and IRI."""
    (item,) = json.loads(cite(own_client, iri, "csl"))
    (record,) = rispy.loads(cite(own_client, iri, "ris"))
    (entry,) = parse_string(cite(own_client, iri, "bibtex"), "bibtex").entries.values()
    line = cite(own_client, iri, "text")
    version, year = own_site.publication.version, own_site.publication.issued.year
    assert item["URL"] == record["urls"][0] == entry.fields["url"] == (iri or DATASET)
    author = str(entry.persons["author"][0]).strip("{}")
    assert item["author"][0]["literal"] == record["authors"][0] == author == "EILD project"
    assert item["title"] == record["title"] == entry.fields["title"].strip("{}")
    assert item["issued"]["date-parts"][0][0] == int(record["year"]) == int(entry.fields["year"]) == year
    assert item["version"] == version
    assert f"version {version}" in entry.fields["howpublished"]
    for part in (item["URL"], item["title"], f"({year})", version):
        assert part in line


def test_cite_claim_names_record_and_not_claimant(own_client: FlaskClient, own_site: Site) -> None:
    """The author of a citation is who recorded the claim; the claim is a part of the dataset."""
    (item,) = json.loads(cite(own_client, CLAIM, "csl"))
    claim = own_site.claims.claims[CLAIM]
    assert item["title"] == f"Claim 000-012-4: {claim.label}"
    assert item["container-title"] == own_site.publication.title
    assert claim.claimants[0].text not in json.dumps(item["author"])


@pytest.mark.parametrize(
    ("accept", "content_type"),
    [
        ("text/html", "text/html; charset=utf-8"),
        ("*/*", "text/html; charset=utf-8"),
        ("application/x-bibtex", "application/x-bibtex; charset=utf-8"),
        ("application/vnd.citationstyles.csl+json", "application/vnd.citationstyles.csl+json"),
        ("application/json", "application/vnd.citationstyles.csl+json"),
        ("application/x-research-info-systems", "application/x-research-info-systems; charset=utf-8"),
        ("text/plain", "text/plain; charset=utf-8"),
    ],
)
def test_cite_accept_chooses_form(own_client: FlaskClient, accept: str, content_type: str) -> None:
    """The media types by which services of identifiers negotiate citations are understood here too."""
    answer = own_client.get("/cite", headers={"Accept": accept})
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, content_type)


def test_cite_page_shows_each_form_and_leads_to_it(own_client: FlaskClient) -> None:
    """The page holds the forms as text, so that they can be copied without a script."""
    page = html.fromstring(own_client.get("/cite", query_string={"iri": CLAIM}).text)
    blocks = [str(block.xpath("string()")) for block in page.cssselect("pre")]
    for form in ("text", "bibtex", "csl", "ris"):
        shown = [block.strip().splitlines() for block in blocks]
        assert cite(own_client, CLAIM, form).strip().splitlines() in shown
    links = {a.get("href", "") for a in page.cssselect("main a")}
    assert {f"?{urlencode({'iri': CLAIM, 'format': name})}" for name in ("bib", "csl", "ris")} <= links
    assert "./doc/claim/000-012-4" in links


def test_cite_unknown_resource_not_found(own_client: FlaskClient) -> None:
    """What is not in the data cannot be cited; what comes near is named."""
    answer = own_client.get("/cite", query_string={"iri": "https://w3id.org/eild/id/claim/000-012-99"})
    assert answer.status_code == 404
    assert answer.json is not None
    assert answer.json["suggestions"]


def test_cite_withdrawn_resource_gone(site: Site) -> None:
    """A withdrawn resource is not cited as if it were there; a renamed one is cited by its present IRI."""
    gone, old, now = (f"{BASE}id/{name}" for name in ("claim/900-002-9", "agent/harbor-board", "agent/board"))
    rows = (Retired(gone, date(2031, 6, 1), "Read wrongly.", ""), Retired(old, date(2031, 6, 1), "Spelt so.", now))
    publication = replace(site.publication, retired={row.iri: row for row in rows})
    client = create_app(replace(site, publication=publication)).test_client()
    assert client.get("/cite", query_string={"iri": gone}).status_code == 410
    (item,) = json.loads(cite(client, old, "csl"))
    assert item["URL"] == now


def test_cite_foreign_data_by_its_title(foreign: FlaskClient) -> None:
    """Somebody else's data are cited by their title and base, a resource of them by its name, without an author."""
    (item,) = json.loads(cite(foreign, "http://example.org/cat", "csl"))
    assert item["title"] == "cat <b>&</b>"
    assert "author" not in item
    assert parse_string(cite(foreign, "http://example.org/cat", "bibtex"), "bibtex").entries
    (whole,) = json.loads(cite(foreign, "", "csl"))
    assert whole["URL"] == "http://example.org/dataset"
    page = foreign.get("/cite", query_string={"iri": "http://example.org/cat"}, headers={"Accept": "text/html"})
    assert "cat &lt;b&gt;&amp;&lt;/b&gt;" in page.text


def test_write_citation_special_characters_survive() -> None:
    """Characters that mean something to BibTeX or RIS come out as they went in."""
    title = "100 % of {A} & B_1 #2 $3 ~4 ^5 \\6, “Ü”\nand more"
    citation = Citation(
        "O'Brien & Söhne", title, "2031-06-01", "1.0", "https://e.example/a_%7E?b=c&d={e}", "Data & more"
    )
    (entry,) = parse_string(write_bibtex(citation).decode(), "bibtex").entries.values()
    assert entry.fields["title"].startswith(r"{100 \% of \{A\} \& B\_1 \#2 \$3 \textasciitilde{}4 \textasciicircum{}5")
    assert entry.fields["url"] == "https://e.example/a_%7E?b=c&d=%7Be%7D"
    (record,) = rispy.loads(write_ris(citation).decode())
    assert record["title"] == " ".join(title.split())
    (item,) = json.loads(write_csl(citation))
    assert item["title"] == title
    assert write_text(citation).startswith("O'Brien & Söhne (2031). ")
