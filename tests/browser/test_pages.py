"""Every kind of page as people meet it: on desktops and phones, light and dark, and in the narrowest window."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

import httpx
import pytest
from rdflib import URIRef

from eild.namespaces import EILD
from eild.terms import BASE

from .visiting import DESKTOP, PHONE, SCHEMES, Visitor, find_negations

if TYPE_CHECKING:
    from collections.abc import Callable

    from eild.dataset import BuiltDataset

ROWS: Final = "SELECT ?claim ?claimant { ?claim eild:claimant ?claimant } LIMIT 20"
SLOW: Final = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
PREFIX: Final = f"PREFIX eild: <{EILD}>\n"

PAGES: Final = {
    "home": "",
    "seeds": "seed/",
    "reading": "seed/000",
    "reading-chosen": "seed/000?stance=denies&marks=all",
    "reading-all-words": "seed/000?words=all",
    "claims": "claims",
    "timeline": "timeline",
    "disagreements": "disagreements",
    "search": "search",
    "search-hits": "search?q=interference",
    "search-chosen": "search?q=antisemitic&kind=claim&words=all",
    "search-mended": "search?q=spamoufalge+xyzzy",
    "search-nothing": "search?q=xylophone",
    "reconciliation": "reconcile?q=China",
    "comparison": "compare",
    "entities": "entities",
    "concepts": "concepts",
    "queries": "queries",
    "neighbours": f"neighbours?iri={quote(BASE + 'id/agent/spamouflage')}",
    "cite": f"cite?iri={quote(BASE + 'id/claim/000-012-1')}",
    "endpoint": "sparql",
    "result": f"sparql?query={quote(PREFIX + ROWS)}",
    "graph": f"sparql?query={quote('DESCRIBE <' + BASE + 'id/claim/000-012-1>')}",
    "query-wrong": "sparql?query=SELECT%20%3Fa%20%7B%3Fa%20%3Fb",
    "query-slow": f"sparql?query={quote(SLOW)}",
    "dumps": "dumps/",
    "catalog": "catalog",
    "ontology": "ontology",
    "shapes": "shapes",
    "validate": "validate",
    "contact": "contact",
    "query-resource": "doc/queries/01-every-claim",
    "nanopub": "np/000-012-1",
    "not-found": "nothing/here",
    "resource-not-found": "doc/agent/nobody-of-this-name",
    "gone": "doc/claim/999-001-1",
    "form-unknown": "catalog?format=nothing",
}
"""Pages by name, as paths; beside them stand the resources of :data:`CLASSES`."""
ERRORS: Final = {
    "query-wrong": 400,
    "query-slow": 503,
    "not-found": 404,
    "resource-not-found": 404,
    "gone": 410,
    "form-unknown": 400,
}
"""The pages that answer with an error."""
CLASSES: Final = """Claim Proposition Evidence Attribution Quotation TimeExpression Group SourceDocument Person
Organization GovernmentBody CovertActor Agent State Election ElectoralContest Occasion Asset Platform Place Quantity
AnonymousSpokesperson Topic Technique Narrative ActionType Stance Likelihood Confidence""".split()
"""Classes of EILD's vocabulary: of each, the resource to which most leads is looked at."""
OTHERS: Final = {"Sentence": "id/sentence/000-012", "Title": "id/sentence/000-001", "Context": "id/seed/000"}
OTHERS_UNSEEN: Final = "Phrase ConceptScheme Concept SpecificResource TextQuoteSelector TextPositionSelector".split()
"""Classes whose resources look like others: kinds of units, parts of evidence, and what every concept is."""
FOREIGN_PAGES: Final = {
    "home": "",
    "resource": "cat",
    "resource-elsewhere": f"doc?iri={quote('http://elsewhere.example/mouse')}",
    "entities": "entities",
    "search": "search?q=fish",
    "endpoint": "sparql",
    "result": f"sparql?query={quote('SELECT * { ?s ?p ?o }')}",
    "dumps": "dumps/",
    "catalog": "catalog",
    "not-found": "seed/000",
}
FRAMED_PAGES: Final = {"/reconcile/preview": f"reconcile/preview?id={quote(BASE + 'id/agent/spamouflage')}"}
"""Pages that other sites show in a frame, without the header and the footer of a page, by route."""
SAME_PAGES: Final = [
    *("/.well-known/void", "/catalog.{suffix}", "/doc", "/ontology.{suffix}", "/ontology/{rest}"),
    *("/shapes.{suffix}", "/shapes/{rest}"),
]
"""Routes whose pages are those of other routes: the same catalogue, vocabulary or resource at another address."""
STANCE_PAGES: Final = (
    *("reading", "claims", "disagreements", "timeline", "Claim", "Person", "State", "CovertActor", "SourceDocument"),
    *("Proposition", "Topic"),
)
"""Pages with labels of stances."""
READ_ROWS: Final = """() => [...document.querySelectorAll("main :is(.claim, .side)")].map(row => {
    const copy = row.cloneNode(true);
    copy.querySelectorAll(".stance, .by, blockquote, q, h1, mark").forEach(element => element.remove());
    return copy.textContent.replace(/\\s+/g, " ").trim();
})"""
"""What stands beside each label or below it, without the label, speakers and dates, and words that are quoted."""
VIEWS: Final = [(width, scheme) for width in (DESKTOP, PHONE) for scheme in SCHEMES]


@pytest.fixture(scope="session")
def locate(own_dataset: BuiltDataset) -> Callable[[str], str]:
    """Return a function that gives the path of a page by the name of its kind or class."""
    graph = own_dataset.merged()

    def count_links(resource: URIRef) -> tuple[int, str]:
        return (sum(1 for _ in graph.triples((None, None, resource))), str(resource))

    def find(name: str) -> str:
        if name in PAGES:
            return PAGES[name]
        if name in OTHERS:
            return OTHERS[name]
        query = f"SELECT ?s {{ ?s a <{EILD[name]}> FILTER(STRSTARTS(STR(?s), '{BASE}id/')) }}"
        return max(count_links(URIRef(str(row[0]))) for row in graph.query(query))[1].removeprefix(BASE)  # type: ignore[index]

    return find


KINDS: Final = [*PAGES, *CLASSES, *OTHERS]


@pytest.mark.parametrize("kind", KINDS)
def test_page_each_view_accessible(own: Visitor, locate: Callable[[str], str], axe: str, kind: str) -> None:
    """No rule of axe-core is broken at any width, light or dark; outline and landmarks are whole; nothing fails."""
    check_page(own, locate(kind), axe)


@pytest.mark.parametrize("kind", FOREIGN_PAGES)
def test_page_foreign_each_view_accessible(foreign: Visitor, axe: str, kind: str) -> None:
    """The pages of somebody else's data are as sound, and hold as little that fails."""
    check_page(foreign, FOREIGN_PAGES[kind], axe)


@pytest.mark.parametrize("path", FRAMED_PAGES.values(), ids=FRAMED_PAGES)
def test_page_framed_each_view_accessible(own: Visitor, axe: str, path: str) -> None:
    """What other sites show in a frame breaks no rule of axe-core, has one heading, and fits the width."""
    with own.visit(path) as visit:
        findings = [*visit.check_accessibility(axe, colours_only=False), *visit.check_headings(), *visit.check_width()]
    assert not findings, "\n".join(findings)


def check_page(visitor: Visitor, path: str, axe: str) -> None:
    """Look at a page in every view and in the narrowest window."""
    findings = []
    with visitor.visit(path) as visit:
        for width, scheme in VIEWS:
            visit.show(width, scheme)
            findings += [
                f"{width} {scheme}: {finding}"
                for finding in visit.check_accessibility(axe, colours_only=scheme == SCHEMES[1])
            ]
        findings += [*visit.check_headings(), *visit.check_landmarks(), *visit.check_width()]
    assert not findings, "\n".join(findings)


@pytest.mark.parametrize("kind", ERRORS)
def test_page_error_status_and_a_way_on(own: Visitor, kind: str) -> None:
    """An error answers with its status, says so in its heading's page, and leads on."""
    with own.visit() as visit:
        answer = visit.go(PAGES[kind])
        assert answer.status == ERRORS[kind]
        assert visit.page.locator("main h1").inner_text()
        assert visit.page.locator("main a, main form, header nav a").count() > 3


def test_pages_each_view_with_html_has_a_kind(own_url: str) -> None:
    """Whatever route answers with a page for people is looked at: a new one needs a row in the table."""
    paths = httpx.get(f"{own_url}openapi.json", timeout=30).json()["paths"]
    seen = ["/" + path.partition("?")[0] for path in (*PAGES.values(), *FRAMED_PAGES.values())]
    missing = []
    for template, operations in paths.items():
        content = operations.get("get", {}).get("responses", {}).get("200", {}).get("content", {})
        pattern = re.compile(re.sub(r"\\{\w+\\}", ".+", re.escape(template)))
        if any(form.startswith("text/html") for form in content) and not any(map(pattern.fullmatch, seen)):
            missing.append(template)
    assert sorted(missing) == sorted(SAME_PAGES), "add a path of each other to PAGES"


def test_pages_each_class_has_a_kind(own_dataset: BuiltDataset) -> None:
    """Resources of whatever class are looked at: a new class needs a place in the table."""
    query = f"SELECT DISTINCT ?class {{ ?s a ?class FILTER(STRSTARTS(STR(?s), '{BASE}id/')) }}"
    names = {re.split("[/#]", str(row[0]))[-1] for row in own_dataset.merged().query(query)}  # type: ignore[index]
    assert names - {*CLASSES, *OTHERS, *OTHERS_UNSEEN} == set(), "add each to CLASSES"


def test_pages_navigation_marks_where_one_is(own: Visitor) -> None:
    """Each section of the frame answers, and its page marks its own link and no other."""
    with own.visit() as visit:
        links = visit.evaluate_all("header nav a", "element => element.getAttribute('href')")
        assert len(links) > 4
        targets: list[str] = visit.evaluate_all("header nav a", "element => element.href")
        for target in targets:
            assert visit.go(target).status == 200, target
            current = visit.evaluate_all("header nav a[aria-current]", "element => element.href")
            assert current == [visit.page.url], target


@pytest.mark.parametrize("kind", STANCE_PAGES)
def test_stance_beside_proposition_without_negation(own: Visitor, locate: Callable[[str], str], kind: str) -> None:
    """Beside a stance's label stands the proposition without a negation, so that “negates” negates once."""
    with own.visit(locate(kind)) as visit:
        rows: list[str] = visit.page.evaluate(READ_ROWS)
    assert len(rows) > 1
    # A relay shows the label of the claim that it reports, which has a stance of its own: "… pledges not: …"
    assert [row for row in rows if find_negations(row.replace(" pledges not:", ""))] == []
