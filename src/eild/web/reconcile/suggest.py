"""Services for people who choose by hand: suggestions while they type, previews, and properties to add to a table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from flask import Response, request

from eild import media
from eild.errors import NotFoundError, RequestError
from eild.exchange.content import CONTENT_POLICY
from eild.reconcile.extension import propose
from eild.reconcile.names import list_names
from eild.reconcile.summaries import find_definition, find_path
from eild.reconcile.terms import make_node
from eild.search.question import fold
from eild.web.frame.pages import render_page
from eild.web.frame.respond import accept_header, current_site, respond
from eild.web.frame.routes import Route, Signposts, Views
from eild.web.frame.views import hide_text
from eild.web.reconcile.answers import FORMS, check_available, describe_entity, open_schema, respond_json

if TYPE_CHECKING:
    from pyoxigraph import NamedNode

    from eild.reconcile.terms import Schema, SchemaTerm
    from eild.web.frame.site import Site

blueprint = Views("suggest", __name__)

PAGE_SIZE: Final = 12
"""How many suggestions a response has."""
MOST_SKIPPED: Final = 1_000
"""How many suggestions a client may skip."""
MOST_PROPOSED: Final = 200
"""The maximum number of properties that are proposed."""
_LONGEST_PREFIX: Final = 300
_FRAMED: Final = CONTENT_POLICY.replace("frame-ancestors 'none'", "frame-ancestors *")
_MOST_NAMES: Final = 8


def _read_number(name: str, usual: int, most: int, least: int = 0) -> int:
    text = request.args.get(name, "").strip()
    if not text:
        return usual
    if not text.isascii() or not text.isdigit() or len(text) > 9 or int(text) < least:  # noqa: PLR2004 - digits of an int
        raise RequestError(f"{name!r} must be an integer of at least {least}, not {text[:20]!r}", hint="leave it out")
    return min(int(text), most)


def _suggest_entities(site: Site, schema: Schema, prefix: str, start: int) -> list[dict[str, Any]]:
    text = " ".join(prefix.split()[:16])[:_LONGEST_PREFIX]
    found: dict[str, None] = {}
    if node := schema.find(prefix):
        found[node.value] = None
    elif text:
        index = site.search_index.get()
        found |= dict.fromkeys(index.list_namesakes(text))
        found |= dict.fromkeys(index.list_named_like(text, start + PAGE_SIZE, typed=True))
    nodes = [make_node(iri) for iri in list(found)[start : start + PAGE_SIZE]]
    return [{"id": node.value, **describe_entity(site, schema, node, "notable")} for node in nodes if node]


def _rank(term: SchemaTerm, wanted: str) -> int | None:
    """Return how well a term begins with a text; None if it does not have it."""
    name, short, iri = fold(term.name), fold(term.short), fold(term.iri)
    if wanted in {name, short, iri}:
        return 0
    if name.startswith(wanted) or short.startswith(wanted) or short.partition(":")[2].startswith(wanted):
        return 1
    if any(word.startswith(wanted) for word in name.split()):
        return 2
    return 3 if wanted in name or iri.startswith(wanted) else None


def _suggest_terms(schema: Schema, kind: str, prefix: str, start: int) -> list[dict[str, Any]]:
    wanted = fold(prefix.strip())
    ranked = ((_rank(term, wanted) if wanted else 0, term) for term in schema.list_terms(kind))
    best = sorted(
        ((rank, -term.uses, term.iri, term) for rank, term in ranked if rank is not None), key=lambda r: r[:3]
    )
    what = "resources" if kind == "class" else "statements"
    return [
        {"id": term.iri, "name": term.name, "description": f"{term.short} ({term.uses} {what})"}
        for *_, term in best[start : start + PAGE_SIZE]
    ]


@blueprint.declare(
    Route(
        "/reconcile/suggest/<any(entity, property, type):kind>",
        FORMS,
        refusals=(404,),
        query=("prefix", "cursor", "callback"),
        signposts=Signposts.NONE,
    )
)
def suggest(kind: str) -> Response:
    """Return entities, properties or types whose names begin with a text (Reconciliation Service API 0.2)."""
    site = current_site()
    check_available(site)
    prefix, start = request.args.get("prefix", "").strip(), _read_number("cursor", 0, MOST_SKIPPED)

    def make() -> dict[str, Any]:
        schema = open_schema(site)
        if kind == "entity":
            return {"result": _suggest_entities(site, schema, prefix, start)}
        return {"result": _suggest_terms(schema, "class" if kind == "type" else kind, prefix, start)}

    return respond_json(site, make, "suggest", kind, prefix, str(start))


@blueprint.declare(
    Route(
        "/reconcile/properties", FORMS, refusals=(404,), query=("type", "limit", "callback"), signposts=Signposts.NONE
    )
)
def propose_properties() -> Response:
    """Return the properties that resources of a type have, the most frequent first."""
    site = current_site()
    check_available(site)
    kind, limit = request.args.get("type", "").strip(), _read_number("limit", MOST_PROPOSED, MOST_PROPOSED, 1)

    def make() -> dict[str, Any]:
        terms = propose(open_schema(site), kind)[:limit]
        rows = [{"id": term.iri, "name": term.name} for term in terms]
        return {"limit": limit, "type": kind, "properties": rows}

    return respond_json(site, make, "properties", kind, str(limit))


def _find_entity(site: Site) -> NamedNode:
    """Return the resource that ``id`` names.

    :raises RequestError: if the parameter is missing
    :raises NotFoundError: if the data does not have it
    """
    check_available(site)
    identifier = request.args.get("id", "").strip()
    if not identifier:
        raise RequestError("the parameter 'id' is missing", hint="use the identifier of a candidate")
    node = open_schema(site).find(identifier)
    if node is None:
        raise NotFoundError(
            f"this dataset does not describe <{identifier[:500]}>", hint="check the spelling of the IRI"
        )
    return node


def _render_preview(site: Site, node: NamedNode, template: str) -> bytes:
    schema, hidden = open_schema(site), site.claims.list_warned_words()
    names = [(name.text, name.language) for name in list_names(site.documents, node)]
    entity = describe_entity(site, schema, node)
    return render_page(
        site,
        template,
        request.path,
        name=entity["name"],
        types=[term["name"] for term in entity["type"]],
        above=[hide_text(text, hidden) for text in find_path(site.documents, node)],
        definition=hide_text(find_definition(site.documents, node), hidden),
        names=[(hide_text(text, hidden), language) for text, language in names if text != entity["name"]][:_MOST_NAMES],
        iri=node.value,
        url=site.urls.absolute(site.urls.link(node.value)),
        structured="",
    )


@blueprint.declare(Route("/reconcile/preview", (media.HTML,), refusals=(404,), query=("id",), signposts=Signposts.NONE))
def preview() -> Response:
    """Return a small page about a resource, which other sites may show in a frame."""
    site = current_site()
    media.choose_format(accept_header(), (media.HTML,))
    node = _find_entity(site)
    tag = site.make_tag("preview", node.value, site.urls.absolute(""))
    headers = {"Content-Security-Policy": _FRAMED}
    return respond(lambda: _render_preview(site, node, "preview"), media.HTML, tag=tag, headers=headers)


@blueprint.declare(
    Route("/reconcile/flyout", FORMS, refusals=(404,), query=("id", "callback"), signposts=Signposts.NONE)
)
def fly_out() -> Response:
    """Return a fragment of HTML about a resource, property or type, which clients show next to a suggestion."""
    site = current_site()
    node = _find_entity(site)

    def make() -> dict[str, str]:
        html = _render_preview(site, node, "flyout").decode("utf-8")
        return {"id": request.args["id"].strip(), "html": " ".join(html.split())}

    return respond_json(site, make, "flyout", request.args["id"], site.urls.absolute(""))
