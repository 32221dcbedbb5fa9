"""``/sparql/terms.json``: the words of the data for who writes a query: prefixes, classes, properties, resources.

Classes and properties are those that the data use, counted by the catalogue (VoID partitions), and those that the
ontology defines; resources are what has a short name and a label. Editors complete them, and the page about a query
that found nothing names the nearest.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

from flask import Blueprint, Response
from pyoxigraph import Literal, NamedNode

from eild import media
from eild.documents.index import DocumentIndex
from eild.query.text.tokens import SIGN
from eild.terms import OWL, RDF, SKOS, VOID
from eild.web.frame.listing import choose_form, write_json
from eild.web.frame.respond import current_site, respond
from eild.web.frame.views import shorten

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from eild.documents.index import Documents
    from eild.web.frame.site import Site

blueprint = Blueprint("queryterms", __name__)

MOST_OF_CLASS: Final = 400
"""Of how large a class the resources are named."""
MOST_RESOURCES: Final = 2000
"""How many resources are named."""
MOST_SUGGESTIONS: Final = 3
"""How many unknown names a page speaks of."""
MOST_LOOKED_UP: Final = 20
"""For how many names of a query the nearest are looked for: each costs time."""

_TYPE: Final = NamedNode(str(RDF.type))
_DEFINITION: Final = NamedNode(str(SKOS.definition))
_VOID: Final = {name: NamedNode(str(VOID[name])) for name in ("class", "property", "entities", "triples")}
_PARTITIONS: Final = (
    ("class", NamedNode(str(VOID.classPartition)), _VOID["class"], _VOID["entities"]),
    ("property", NamedNode(str(VOID.propertyPartition)), _VOID["property"], _VOID["triples"]),
)
_DEFINED: Final = (
    ("class", OWL.Class),
    ("property", OWL.ObjectProperty),
    ("property", OWL.DatatypeProperty),
)
_LOCAL: Final = re.compile(r"[A-Za-z0-9_](?:[\w.-]*[\w-])?")
_NEAR: Final = 0.75


@dataclass(frozen=True)
class QueryTerm:
    """A word of the data.

    :ivar name: how a query writes it: a prefixed name, or an IRI between angle brackets
    :ivar iri: its IRI
    :ivar kind: ``class``, ``property`` or ``resource``
    :ivar label: what people call it; may be empty
    :ivar definition: what it means; empty for resources and for terms of others
    :ivar uses: how often the data use it: entities of a class, triples of a property
    """

    name: str
    iri: str
    kind: str
    label: str = ""
    definition: str = ""
    uses: int = 0


def _write_name(site: Site, iri: str) -> str:
    """Return how a query writes an IRI."""
    short = shorten(site, iri)
    prefix, colon, local = short.partition(":")
    if short != iri and colon and prefix in site.prefixes and _LOCAL.fullmatch(local):
        return short
    return f"<{iri}>"


def _count_uses(site: Site) -> dict[tuple[str, str], int]:
    """Return how often the data use each class and property, as the catalogue says, by kind and IRI."""
    catalog = DocumentIndex(site.catalog)
    uses: dict[tuple[str, str], int] = {}
    dataset = NamedNode(f"{site.publication.base}dataset")
    for kind, has_part, names, counts in _PARTITIONS:
        for part in catalog.find_objects(dataset, has_part):
            if not isinstance(part, NamedNode):
                continue
            numbers = [value.value for value in catalog.find_objects(part, counts) if isinstance(value, Literal)]
            for term in catalog.find_objects(part, names):
                if isinstance(term, NamedNode):
                    uses[kind, term.value] = int(numbers[0]) if numbers else 0
    return uses


def _list_defined(site: Site) -> Iterator[tuple[str, str]]:
    """Yield kind and IRI of each term that the ontology of the data defines."""
    kinds = {str(kind): name for name, kind in _DEFINED}
    for triple in site.vocabularies.get("ontology", ()):
        if triple.predicate == _TYPE and isinstance(triple.subject, NamedNode):
            kind = kinds.get(triple.object.value) if isinstance(triple.object, NamedNode) else None
            if kind:
                yield kind, triple.subject.value


def _read(documents: Documents, iri: str) -> tuple[str, str]:
    """Return label and definition of a term; empty where the data have none."""
    node = NamedNode(iri)
    label = documents.find_label(node)
    definitions = [value.value for value in documents.find_objects(node, _DEFINITION) if isinstance(value, Literal)]
    return (label.object.value if label and isinstance(label.object, Literal) else ""), next(iter(definitions), "")


def _list_resources(site: Site, uses: Mapping[tuple[str, str], int]) -> list[str]:
    """Return the IRIs of resources of the classes that are not too large, the smallest classes first."""
    if not isinstance(site.documents, DocumentIndex):
        return []
    found: dict[str, None] = {}
    classes = sorted((count, iri) for (kind, iri), count in uses.items() if kind == "class" and count <= MOST_OF_CLASS)
    for _, iri in classes:
        for triple in site.documents.incoming(NamedNode(iri)):
            if triple.predicate == _TYPE and isinstance(triple.subject, NamedNode):
                found[triple.subject.value] = None
    return list(found)


def list_terms(site: Site) -> tuple[QueryTerm, ...]:
    """Return the words of the data: classes, then properties, by how often they are used; then resources by name."""
    uses = _count_uses(site)
    for key in _list_defined(site):
        uses.setdefault(key, 0)
    terms = []
    for (kind, iri), count in sorted(uses.items(), key=lambda item: (item[0][0], -item[1], item[0][1])):
        label, definition = ("", "") if site.live else _read(site.documents, iri)
        terms.append(QueryTerm(_write_name(site, iri), iri, kind, label, definition, count))
    known = {term.iri for term in terms}
    resources = []
    for iri in _list_resources(site, uses):
        name = _write_name(site, iri)
        if iri in known or name.startswith("<"):
            continue
        label, _ = _read(site.documents, iri)
        resources.append(QueryTerm(name, iri, "resource", label))
    resources.sort(key=lambda term: term.name)
    return (*terms, *resources[:MOST_RESOURCES])


@dataclass(frozen=True)
class UnknownName:
    """A name in a query that the data do not use.

    :ivar name: the name as the query has it
    :ivar nearest: names of the data that are most like it
    """

    name: str
    nearest: tuple[str, ...]


def find_unknown_names(query: str, terms: Iterable[QueryTerm]) -> list[UnknownName]:
    """Return the first prefixed names of a query that are nearly, but not exactly, words of the data."""
    by_prefix: dict[str, list[str]] = {}
    for term in terms:
        if not term.name.startswith("<"):
            by_prefix.setdefault(term.name.partition(":")[0], []).append(term.name)
    unknown: list[UnknownName] = []
    seen: set[str] = set()
    for match in SIGN.finditer(query):
        name = match[0].rstrip(".")
        prefix, colon, local = name.partition(":")
        names = by_prefix.get(prefix, [])
        if match.lastgroup != "word" or not colon or not local or not names or name in names or name in seen:
            continue
        if len(seen) == MOST_LOOKED_UP:
            break
        seen.add(name)
        nearest = difflib.get_close_matches(name, names, n=MOST_SUGGESTIONS, cutoff=_NEAR)
        if nearest:
            unknown.append(UnknownName(name, tuple(nearest)))
    return unknown[:MOST_SUGGESTIONS]


def describe_terms(site: Site) -> dict[str, Any]:
    """Return the document that editors read: prefixes, and terms without what is empty."""
    rows = [{name: value for name, value in asdict(term).items() if value} for term in site.query_terms]
    return {"prefixes": dict(site.prefixes), "terms": rows}


@blueprint.route("/sparql/terms.json")
def send_terms() -> Response:
    """Answer with the words of the data for who writes a query."""
    site = current_site()
    form = choose_form((media.PLAIN_JSON,))
    tag = site.make_tag("terms", form.name)
    return respond(lambda: write_json(describe_terms(site)), form, tag=tag)
