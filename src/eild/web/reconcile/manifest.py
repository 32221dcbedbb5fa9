"""The manifest of the reconciliation service: what it offers, and where (section 3.1 of the API)."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from flask import request
from pyoxigraph import NamedNode

from eild import __version__, nodes
from eild.languages import LANGUAGE_TAG, WANTED
from eild.reconcile.extension import SETTINGS
from eild.terms import NP, OA, OWL, RDF, RDFS, SH, SKOS
from eild.web.frame.assets import asset_path
from eild.web.reconcile.answers import write_type

if TYPE_CHECKING:
    from eild.reconcile.terms import Schema, SchemaTerm
    from eild.web.frame.site import Site

MOST_QUERIES: Final = 50
"""The maximum number of queries in one batch."""
PREVIEW: Final = (420, 260)
"""Width and height of previews, in pixels."""

_MOST_TYPES: Final = 12
_MOST_SAMPLED: Final = 1_000
_SERVING: Final = tuple(map(str, (OWL, RDF, RDFS, SH, OA, NP)))
"""Namespaces whose classes describe data and not what it is about."""


def list_default_types(schema: Schema) -> list[SchemaTerm]:
    """Return the most frequent types that entities of a table may have; concepts come first."""
    terms = [term for term in schema.list_terms("class") if not term.iri.startswith(_SERVING)]
    terms.sort(key=lambda term: term.iri != str(SKOS.Concept))
    return terms[:_MOST_TYPES]


def find_identifier_space(site: Site, types: list[SchemaTerm]) -> str:
    """Return the start of the IRIs of entities: the base, or the namespace that entities of the first type share."""
    if site.publication.owned:
        return site.publication.base
    typed = site.documents.find_subjects(nodes.RDF.type, NamedNode(types[0].iri)) if types else ()
    found = [node.value for node in islice(typed, _MOST_SAMPLED)]
    first, last = min(found, default=""), max(found, default="")  # what these two share, all others share
    shared = first[: next((at for at, pair in enumerate(zip(first, last, strict=False)) if pair[0] != pair[1]), None)]
    end = max(shared.rfind("/"), shared.rfind("#")) + 1
    return shared[:end] if end > len("https://") else site.urls.absolute("")


def find_schema_space(types: list[SchemaTerm]) -> str:
    """Return the IRI of the type that all entities have."""
    return str(SKOS.Concept) if types and types[0].iri == str(SKOS.Concept) else str(RDFS.Resource)


def build_manifest(site: Site, schema: Schema) -> dict[str, Any]:
    """Return the manifest; if the request names a language by ``lang``, the services that it names use it too."""
    lang = request.args.get("lang", "")
    kept = {"lang": lang} if LANGUAGE_TAG.fullmatch(lang) else {}
    types = list_default_types(schema)
    root = site.urls.absolute("").rstrip("/")

    def path(name: str, parameter: str = "") -> str:
        query = urlencode(kept)
        joined = "&".join(filter(None, (query, parameter)))
        return f"/{name}?{joined}" if joined else f"/{name}"

    def suggest(kind: str) -> dict[str, str]:
        return {
            "service_url": root,
            "service_path": path(f"reconcile/suggest/{kind}"),
            "flyout_service_url": root,
            "flyout_service_path": path("reconcile/flyout", "id=${id}"),
        }

    return {
        "versions": ["0.2"],
        "name": site.publication.about.choose_title(WANTED.get())[0] or site.publication.title,
        "identifierSpace": find_identifier_space(site, types),
        "schemaSpace": find_schema_space(types),
        "defaultTypes": [write_type(term) for term in types],
        "documentation": f"{root}{path('reconcile', 'format=html')}",
        "logo": f"{root}/{asset_path('icon.svg')}",
        "serviceVersion": __version__,
        "view": {"url": f"{root}{path('doc', 'iri={{id}}')}"},
        "preview": {
            "url": f"{root}{path('reconcile/preview', 'id={{id}}')}",
            "width": PREVIEW[0],
            "height": PREVIEW[1],
        },
        "suggest": {kind: suggest(kind) for kind in ("entity", "property", "type")},
        "extend": {
            "propose_properties": {"service_url": root, "service_path": path("reconcile/properties")},
            "property_settings": list(SETTINGS),
        },
        "batchSize": MOST_QUERIES,
    }
