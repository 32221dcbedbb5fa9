"""Example queries that a dataset includes (``sh:SPARQLExecutable``): EILD's own, or those of third-party data.

SPARQL endpoints of the life sciences publish their examples in the same way (SHACL, sections 5.2 and 5.3), so that the
gallery and the editor offer the examples of such data too.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pyoxigraph import Literal, NamedNode

from eild import nodes
from eild.terms import SH, natural_order

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from eild.documents.index import Documents

_FORMS: Final = ("select", "ask", "construct", "describe")
_TEXTS: Final = tuple(NamedNode(f"{SH}{form}") for form in _FORMS)
_KINDS: Final = tuple(NamedNode(f"{SH}SPARQL{form.title()}Executable") for form in ("", *_FORMS))
_QUESTION: Final = nodes.RDFS.comment
_NOTE: Final = nodes.SKOS.note
_TOPIC: Final = nodes.SCHEMA.keywords
_NAME: Final = re.compile(r"[A-Za-z_][\w-]*:[\w-]+")


@dataclass(frozen=True)
class Question:
    """A query that the dataset includes.

    :ivar iri: its IRI
    :ivar title: what it is called
    :ivar question: what it answers, in words; empty if the data does not say
    :ivar note: what to know of it; empty for most
    :ivar topics: what it is about, as tags
    :ivar text: the query
    """

    iri: str
    title: str
    question: str
    note: str
    topics: tuple[str, ...]
    text: str

    @property
    def name(self) -> str:
        """The last part of its IRI."""
        return re.split(r"[/#]", self.iri.rstrip("/#"))[-1]


def list_questions(documents: Documents) -> tuple[Question, ...]:
    """Return the queries that the dataset includes, in the order of their IRIs."""
    nodes = {
        triple.subject
        for kind in _KINDS
        for triple in documents.incoming(kind)
        if isinstance(triple.subject, NamedNode)
    }
    found = (read_question(documents, node) for node in sorted(nodes, key=lambda node: natural_order(node.value)))
    return tuple(question for question in found if question is not None)


def read_question(documents: Documents, node: NamedNode) -> Question | None:
    """Return an example query; None if the node is not one."""

    def values(predicate: NamedNode) -> list[str]:
        return [value.value for value in documents.find_objects(node, predicate) if isinstance(value, Literal)]

    text = next((value for predicate in _TEXTS for value in values(predicate)), "")
    if not text:
        return None
    question = " ".join(values(_QUESTION))
    return Question(
        node.value,
        documents.find_name(node) or question or node.value,
        question,
        " ".join(values(_NOTE)),
        tuple(sorted(values(_TOPIC))),
        text,
    )


def find_similar(questions: Iterable[Question], query: str, most: int = 3) -> Sequence[Question]:
    """Return the queries that share most prefixed names with a query, of which they are none.

    Where nothing is shared they are the first ones.
    """
    names = set(_NAME.findall(query))

    def score(question: Question) -> float:
        own = set(_NAME.findall(question.text))
        return -len(names & own) / len(names | own or {""})

    return sorted((question for question in questions if question.text.strip() != query.strip()), key=score)[:most]
