"""What people see at ``/sparql``: the query, its answer as a table, raw or as a picture, and what was wrong with it.

One renderer serves all: the page without a script, the editor, which takes the answer out of the same page, and the
gallery. Each state is a URL.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

from eild import media
from eild.documents.questions import find_similar
from eild.documents.words import find_unknown_names
from eild.errors import EildError, NotFoundError
from eild.query.engine import QueryRequest
from eild.query.text.guard import check_query_text
from eild.query.text.mistakes import list_undeclared_prefixes
from eild.web.endpoint.chart import Chart, build_charts
from eild.web.endpoint.columns import list_aggregates
from eild.web.endpoint.protocol import Call
from eild.web.endpoint.resultimages import build_images
from eild.web.endpoint.resultmap import build_map
from eild.web.endpoint.snippets import make_snippets
from eild.web.endpoint.tables import build_graph_table, build_table
from eild.web.frame.listing import make_query
from eild.web.frame.pages import render_page

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from eild.documents.questions import Question
    from eild.documents.words import UnknownName
    from eild.exchange.problems import Problem
    from eild.web.endpoint.resultimages import ResultImages
    from eild.web.endpoint.resultmap import ResultMap
    from eild.web.endpoint.tables import TableView
    from eild.web.frame.site import Site

EXAMPLE: Final = """SELECT ?class (COUNT(?thing) AS ?number)
WHERE { ?thing a ?class }
GROUP BY ?class
ORDER BY DESC(?number)"""
"""The query that the empty form shows: it works on any data."""

GENERIC: Final[tuple[tuple[str, str], ...]] = (
    ("Which classes are there, and how many of each?", EXAMPLE),
    (
        "Which properties are used, and how often?",
        """SELECT ?property (COUNT(*) AS ?number)
WHERE { ?thing ?property ?value }
GROUP BY ?property
ORDER BY DESC(?number)""",
    ),
    (
        "Which labels do resources have?",
        make_query("SELECT ?thing ?label\nWHERE { ?thing rdfs:label ?label }\nORDER BY ?label\nLIMIT 100", ("rdfs",)),
    ),
    ("Which named graphs are there?", "SELECT DISTINCT ?graph\nWHERE { GRAPH ?graph { ?thing ?property ?value } }"),
)
"""Questions that any data answer: what is asked, and the query."""

VIEWS: Final = ("table", "raw", "chart", "map", "gallery")
"""How a page shows an answer."""


@dataclass(frozen=True)
class Tab:
    """A way to look at an answer.

    :ivar name: one of :data:`VIEWS`
    :ivar path: the page that shows the answer so
    """

    name: str
    path: str


@dataclass(frozen=True)
class AnswerView:
    """An answer on a page.

    :ivar boolean: the result of an ASK; None for other queries
    :ivar table: its rows, or the triples of a graph
    :ivar raw: its text, as programs get it; empty unless it is shown
    :ivar charts: its numbers as pictures
    :ivar map: its places; None if it has none
    :ivar images: its images; None if it has none
    :ivar rows: what the rows are called: ``row`` or ``triple``
    :ivar shown: the view of :data:`VIEWS` that is shown
    :ivar tabs: the views that there are
    :ivar forms: label and path of its other forms
    :ivar show_warned: path of the page that shows words with a content warning
    """

    boolean: bool | None
    table: TableView | None
    raw: str
    charts: Sequence[Chart]
    map: ResultMap | None
    images: ResultImages | None
    rows: str
    shown: str
    tabs: Sequence[Tab]
    forms: Sequence[tuple[str, str]]
    show_warned: str


@dataclass(frozen=True)
class Choices:
    """What a request wants of the page.

    :ivar view: one of :data:`VIEWS`; the first where another was asked for
    :ivar show_warned: whether words with a content warning are shown
    """

    view: str = VIEWS[0]
    show_warned: bool = False

    @classmethod
    def read(cls, parameters: Mapping[str, str]) -> Choices:
        """Return what the parameters of a request say."""
        view = parameters.get("view", VIEWS[0])
        return cls(view if view in VIEWS else VIEWS[0], parameters.get("words") == "all")


def _list_graphs(call: Call) -> list[tuple[str, str]]:
    """Return names and values of the parameters that choose the dataset of a query."""
    graphs = [("default-graph-uri", iri) for iri in call.default_graphs]
    return graphs + [("named-graph-uri", iri) for iri in call.named_graphs]


def make_path(call: Call, **more: str) -> str:
    """Return the path, without a first slash, of a call of the endpoint with further parameters."""
    return f"sparql?{urlencode([('query', call.query or ''), *_list_graphs(call), *more.items()])}"


def evaluate(site: Site, call: Call, wanted: QueryRequest, choices: Choices) -> AnswerView:
    """Return the answer to a query as a page shows it.

    :raises EildError: if the engine does not answer
    """
    answer = site.engine.evaluate(replace(wanted, results=media.JSON, graph=media.TURTLE))
    boolean, table, rows = None, None, "row"
    forms: Sequence[media.Format]
    if answer.format is media.JSON:
        content = json.loads(answer.body)
        boolean = content.get("boolean")
        if boolean is None:
            table = build_table(site, content, show_warned=choices.show_warned)
        forms = media.RESULT_FORMATS[:2] if table is None else media.RESULT_FORMATS
    else:
        table = build_graph_table(site, answer.body, show_warned=choices.show_warned)
        forms, rows = media.GRAPH_FORMATS, "triple"
    charts: Sequence[Chart] = ()
    places, images = None, None
    if table is not None and rows == "row":
        charts = build_charts(table, list_aggregates(wanted.text))
        places, images = build_map(table), build_images(table, site.settings.images)
    offered = {"table": True, "raw": True, "chart": charts, "map": places, "gallery": images}
    views = [view for view in VIEWS if offered[view]]
    shown = choices.view if choices.view in views else views[0]
    hides = table is not None and table.hides
    return AnswerView(
        boolean=boolean,
        table=table,
        raw=answer.body.decode("utf-8", "replace") if shown == "raw" and not hides else "",
        charts=charts,
        map=places,
        images=images,
        rows=rows,
        shown=shown,
        tabs=[Tab(view, make_path(call, **({"view": view} if view != VIEWS[0] else {}))) for view in views],
        forms=[(form.label, make_path(call, format=form.name)) for form in forms],
        show_warned=make_path(call, view=shown, words="all") if hides else "",
    )


def ask(site: Site, query: str, *, show_warned: bool = False) -> AnswerView:
    """Return the answer to a query that comes with the data.

    :raises EildError: if it is malformed or the engine does not answer
    """
    shape = check_query_text(query, site.settings.query_bytes)
    return evaluate(site, Call(query), QueryRequest(shape.text), Choices(show_warned=show_warned))


def choose_snippet_form(query: str) -> media.Format:
    """Return the form in which a copied query asks: what a person reads and a program for tables opens."""
    try:
        form = check_query_text(query, len(query.encode("utf-8", "surrogatepass"))).form
    except EildError:
        form = ""
    return {"ASK": media.JSON, "CONSTRUCT": media.TURTLE, "DESCRIBE": media.TURTLE}.get(form, media.CSV)


def declare_prefixes(site: Site, query: str) -> str:
    """Return a query with declarations of the prefixes that it lacks and that are known; empty if it lacks none."""
    known = site.prefixes
    missing = [prefix for prefix in list_undeclared_prefixes(query) if prefix in known]
    lines = [f"PREFIX {prefix}: <{known[prefix]}>\n" for prefix in missing]
    return "".join(lines) + query if lines else ""


def find_question(site: Site, name: str) -> Question:
    """Return the query that comes with the data under a name.

    :raises NotFoundError: if there is none of that name
    """
    questions = {question.name: question for question in site.questions}
    if name not in questions:
        raise NotFoundError(f"there is no example query {name[:80]!r}", hint="see the list at /queries")
    return questions[name]


def count_limits(site: Site) -> dict[str, str]:
    """Return the limits of a query, as pages name them."""
    return {"seconds": f"{site.settings.timeout:g}", "megabytes": f"{site.settings.result_bytes / 1_000_000:.0f}"}


@dataclass(frozen=True)
class Outcome:
    """What came of a query.

    :ivar answer: its answer, where there is one
    :ivar problem: what was wrong, where something was
    :ivar unknown: names in it that the data does not use
    """

    answer: AnswerView | None = None
    problem: Problem | None = None
    unknown: Sequence[UnknownName] = ()


_UNASKED: Final = Outcome()


def render_query_page(site: Site, call: Call, path: str, outcome: Outcome = _UNASKED) -> bytes:
    """Return the page of a query.

    :param call: the query and its dataset
    :param path: path of the request
    :param outcome: what came of it, where it was asked
    """
    query = call.query or ""
    remedy = declare_prefixes(site, query) if outcome.problem else ""
    form = choose_snippet_form(query)
    return render_page(
        site,
        "sparql",
        path,
        query=query,
        call=call,
        answer=outcome.answer,
        problem=outcome.problem,
        unknown=outcome.unknown,
        remedy=make_path(replace(call, query=remedy)) if remedy else "",
        questions=site.questions,
        generic=[(text, make_path(replace(call, query=example))) for text, example in GENERIC],
        similar=find_similar(site.questions, query),
        snippets=make_snippets(site.urls.absolute("sparql"), query, form, _list_graphs(call)),
        share=make_path(call),
        limits=count_limits(site),
        rows=max(10, min(30, query.count("\n") + 2)),
    )


def render_answer(site: Site, call: Call, wanted: QueryRequest, path: str, choices: Choices) -> bytes:
    """Return the page with the answer to a query.

    :raises EildError: if the engine does not answer
    """
    answer = evaluate(site, call, wanted, choices)
    empty = answer.table is not None and not answer.table.total
    unknown = find_unknown_names(call.query or "", site.query_terms) if empty else ()
    return render_query_page(site, call, path, Outcome(answer, unknown=unknown))


def render_failure(site: Site, call: Call, problem: Problem, path: str) -> bytes:
    """Return the page that reports an error in a query, with the query and advice."""
    unknown = find_unknown_names(call.query or "", site.query_terms)
    return render_query_page(site, call, path, Outcome(problem=problem, unknown=unknown))


def list_parts(choices: Choices) -> tuple[str, ...]:
    """Return what tells a page from others about the same query."""
    return choices.view, str(choices.show_warned)
