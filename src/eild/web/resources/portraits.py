"""Which page shows a resource: one of a kind of its own, or the page that any resource has."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from flask import request
from markupsafe import Markup

from eild import nodes
from eild.documents.thesaurus import Thesaurus
from eild.exchange.urls import relative_root
from eild.terms import EILD, NIF
from eild.web.endpoint.gallery import build_question_values
from eild.web.frame.concepts import SHOWN, build_concept, sort_views
from eild.web.frame.listing import query_path
from eild.web.frame.views import hide_words, view_term
from eild.web.resources.claimpage import SLOT_NAMES, build_claim_page
from eild.web.resources.datasets import build_dataset
from eild.web.resources.entitypage import LINK_STRENGTHS, build_entity_page, list_outside_links, view_kinds
from eild.web.resources.images import list_images
from eild.web.resources.neighbourhood import build_neighbourhood
from eild.web.resources.picture import draw_neighbours
from eild.web.resources.placemap import build_place
from eild.web.resources.wordpage import build_evidence_page, build_proposition_page, build_sentence_page
from eild.web.vocabularies.anyontology import build_vocabulary, is_vocabulary

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pyoxigraph import NamedNode

    from eild.documents.descriptions import ResourceDescription
    from eild.web.frame.site import Site
    from eild.web.frame.statements import StatementReader
    from eild.web.frame.views import TermView
    from eild.web.resources.neighbourhood import Neighbourhood

_COLLECTIONS: Final = frozenset((nodes.SKOS.Collection, nodes.SKOS.OrderedCollection))
_PROPOSITION: Final = str(EILD.Proposition)
_EVIDENCE: Final = frozenset({str(EILD.Evidence), str(EILD.Quotation)})
_SENTENCES: Final = frozenset({str(NIF.Sentence), str(NIF.Title), str(NIF.Phrase)})

_GRAPHS: Final = """SELECT ?graph ?property ?value WHERE {{
  GRAPH ?graph {{ <{iri}> ?property ?value }}
}} ORDER BY ?graph ?property LIMIT 1000"""


@dataclass(frozen=True)
class Portrait:
    """How a page shows a resource, besides what every page about a resource shows.

    :ivar template: name of the template, without its extension
    :ivar values: what the template shows
    """

    template: str = "entity"
    values: Mapping[str, Any] = field(default_factory=dict)


def draw_portrait(
    site: Site, description: ResourceDescription, reader: StatementReader, *, show_warned: bool = False
) -> Portrait:
    """Return how the page about a resource shows it.

    :param site: the site
    :param description: the resource, and what is said of it
    :param reader: what shows statements on the page
    :param show_warned: whether words with a content warning are shown
    """
    node = description.node
    articles = site.claims.articles.values()
    voices = {article.document.iri for article in articles} if len(articles) == 1 else set()  # several have titles
    shown = {"slot_names": SLOT_NAMES, "show_warned": show_warned, "voices": voices}
    if claim := site.claims.claims.get(node.value):
        return Portrait("claim", {**shown, "view": build_claim_page(site, claim)})
    if question := next((question for question in site.questions if question.iri == node.value), None):
        return Portrait("query", build_question_values(site, question, show_warned=show_warned))
    kinds = {term.value for term in site.documents.find_objects(node, nodes.RDF.type)} if site.claims.claims else set()
    words = None
    if _PROPOSITION in kinds:
        words = build_proposition_page(site, node.value)
    elif kinds & _EVIDENCE:
        words = build_evidence_page(site, node.value, show_warned=show_warned)
    elif kinds & _SENTENCES:
        words = build_sentence_page(site, node.value)
    if words is not None:
        return Portrait("words", {**shown, "view": words})
    if is_vocabulary(site, node):
        own = [triple for triple in description.outgoing if triple.subject == node]
        view = build_vocabulary(site, node)
        return Portrait("vocabulary", {**shown, "view": view, "record": reader.read(node, own)})
    return _draw_entity(site, description, reader, shown)


def _draw_entity(
    site: Site, description: ResourceDescription, reader: StatementReader, shown: Mapping[str, Any]
) -> Portrait:
    """Return how the page about anything else shows it: with the claims about it where there are some."""
    node = description.node
    neighbours = None if site.live else build_neighbourhood(site, node)
    view = build_entity_page(site, node)
    own = [triple for triple in description.outgoing if triple.subject == node]
    thesaurus = Thesaurus(site.documents)
    concept = build_concept(site, node)
    links = [] if concept else list_outside_links(site, node)
    outside = {link.term.iri or link.term.text for link in links}
    record = [
        triple
        for triple in own
        if (triple.predicate.value not in LINK_STRENGTHS or getattr(triple.object, "value", "") not in outside)
        and not (concept and triple.predicate in SHOWN)
    ]
    hidden = () if shown["show_warned"] else site.claims.list_warned_words()
    values = {
        **shown,
        "view": view,
        "concept": concept,
        "data": build_dataset(site, node),
        "members_of": _view_members(site, node),
        "concepts_path": f"concepts?{urlencode({'scheme': node.value})}" if thesaurus.is_scheme(node) else "",
        "images": list_images(site, node),
        "place": build_place(site, node, view_term(site, node).text, relative_root(request.path)),
        "address_on_web": site.publication.foreign
        and node.value.startswith(("http://", "https://"))
        and not (site.publication.owned and node.value.startswith(site.urls.base)),
        "graph_query": query_path(f"SELECT * WHERE {{ GRAPH {node} {{ ?subject ?property ?value }} }} LIMIT 1000"),
        "graphs_query": query_path(_GRAPHS.format(iri=node.value)) if site.publication.graphs else "",
        "kinds": view_kinds(site, node),
        "links": links,
        "record": hide_words(reader.read(node, record), hidden),
        "neighbours": neighbours,
        "draw": _make_drawing(site, neighbours),
    }
    return Portrait("portrait" if view else "entity", values)


def _view_members(site: Site, node: NamedNode) -> tuple[TermView, ...]:
    """Return the members of a collection of concepts, in their order if it has one."""
    if not _COLLECTIONS & set(site.documents.find_objects(node, nodes.RDF.type)):
        return ()
    ordered = bool(site.documents.find_objects(node, nodes.SKOS.memberList))
    found = Thesaurus(site.documents).list_members(node)
    return tuple(view_term(site, member) for member in found) if ordered else sort_views(site, found)


def _make_drawing(site: Site, neighbours: Neighbourhood | None) -> Any:  # noqa: ANN401 - a function for templates
    """Return a function that draws the neighbours, its links leading from where a page stands."""

    def draw(root: str) -> Markup:
        if not neighbours:
            return Markup()
        picture = draw_neighbours(neighbours, lambda iri: root + site.urls.link(iri), inline=True)
        return Markup(picture.decode())  # noqa: S704 - ElementTree escapes what it writes

    return draw
