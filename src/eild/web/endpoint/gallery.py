"""``/queries``: the questions that come with the data, and the page of each with its answer.

A question is a resource of the dataset (``<base>queries/NN-name``), so that its IRI leads to its document as that of
any other resource does: in RDF for programs, with the live answer for people.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from flask import Response, request

from eild import media
from eild.documents.questions import find_similar
from eild.errors import NotFoundError, RequestError
from eild.exchange.content import PUBLIC
from eild.exchange.urls import relative_root
from eild.query.text.tokens import iterate_tokens
from eild.web.endpoint.querypage import ask, choose_snippet_form, count_limits
from eild.web.endpoint.snippets import make_snippets
from eild.web.frame.listing import FORMS, query_path, respond_listing
from eild.web.frame.pages import render_page
from eild.web.frame.respond import choose_form, current_site, make_bodiless
from eild.web.frame.routes import Route, Views

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from eild.documents.questions import Question
    from eild.web.frame.site import Site

blueprint = Views("gallery", __name__)

_RDF: Final = tuple(form for form in media.DOCUMENT_FORMATS if form is not media.HTML)
_KEYWORD: Final = re.compile(r"[A-Za-z_]+\d*")
_KINDS: Final = {
    "variable": "variable",
    "string": "text",
    "language": "text",
    "comment": "remark",
    **dict.fromkeys(("iri", "name", "blank"), "name"),
}


def split_query(text: str) -> list[tuple[str, str]]:
    """Return the parts of a query in their order, each with the name of its colour; empty for those that have none.

    :param text: a query, which need not be well-formed: the parts together are always the text
    """
    parts: list[tuple[str, str]] = []
    for match in iterate_tokens(text):
        kind = _KINDS.get(match.lastgroup or "", "")
        if match.lastgroup == "word":
            kind = "keyword" if _KEYWORD.fullmatch(match[0]) else ""
        if parts and parts[-1][0] == kind:
            parts[-1] = (kind, parts[-1][1] + match[0])
        else:
            parts.append((kind, match[0]))
    return parts


def list_rows(site: Site, questions: Iterable[Question]) -> list[dict[str, Any]]:
    """Return a row for each example query: its IRI, its question, and the path of its result."""
    return [
        {
            "query": question.iri,
            "title": question.title,
            "question": question.question,
            "note": question.note,
            "topics": list(question.topics),
            "sparql": question.text,
            "answer": site.urls.absolute(query_path(question.text, choose_snippet_form(question.text).name)),
        }
        for question in questions
    ]


def count_topics(questions: Iterable[Question]) -> list[tuple[str, int]]:
    """Return the topics in alphabetical order, each with the number of questions about it."""
    return sorted(Counter(topic for question in questions for topic in question.topics).items())


def build_question_values(site: Site, question: Question, *, show_warned: bool = False) -> Mapping[str, Any]:
    """Return what the page of a question shows: the query, its answer, and how to ask it elsewhere.

    :param show_warned: whether words with a content warning are shown

    :raises EildError: if the engine does not answer
    """
    form = choose_snippet_form(question.text)
    return {
        "question": question,
        "parts": split_query(question.text),
        "answer": ask(site, question.text, show_warned=show_warned),
        "snippets": make_snippets(site.urls.absolute("sparql"), question.text, form),
        "edit": query_path(question.text),
        "similar": find_similar(site.questions, question.text),
        "limits": count_limits(site),
    }


def _require_questions(site: Site) -> tuple[Question, ...]:
    if not site.questions:
        message = "this dataset does not include example queries"
        hint = "datasets include queries as sh:SPARQLExecutable; the editor at /sparql has some that work on any data"
        raise NotFoundError(message, hint=hint)
    return site.questions


def _choose(questions: tuple[Question, ...], topic: str) -> list[Question]:
    """Return the questions about a topic, or all.

    :raises RequestError: if there is none about it
    """
    chosen = [question for question in questions if not topic or topic in question.topics]
    if not chosen:
        names = ", ".join(name for name, _ in count_topics(questions)[:10])
        raise RequestError(f"no example query is about {topic[:80]!r}", hint=f"topics are {names} …")
    return chosen


def _has_questions(site: Site, _path: str) -> bool:
    """Return whether the data includes example queries."""
    return bool(site.questions)


@blueprint.declare(
    Route(
        "/queries", FORMS, redirects=(303,), refusals=(404,), query=("format",), section="Query", listed=_has_questions
    )
)
def show() -> Response:
    """Return the example queries of the dataset."""
    site = current_site()
    questions = _require_questions(site)
    form = choose_form((*FORMS, *_RDF))
    if form in _RDF:
        response = make_bodiless(Response(), 303)
        target = site.urls.document(f"{site.urls.base}queries", form.extension)
        response.headers["Location"] = relative_root(request.path) + target
        response.headers["Vary"] = "Accept"
        response.headers["Cache-Control"] = PUBLIC
        return response
    topic = request.args.get("topic", "")
    chosen = _choose(questions, topic)

    def render() -> bytes:
        return render_page(
            site,
            "queries",
            request.path,
            questions=chosen,
            topics=count_topics(questions),
            topic=topic,
            total=len(questions),
        )

    return respond_listing("queries", render, lambda: list_rows(site, chosen), topic)
