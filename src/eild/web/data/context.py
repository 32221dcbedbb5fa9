"""``/context.jsonld``: short names for the terms of the ontology, for those who read or write EILD's data as JSON-LD.

The document of a version never changes (JSON-LD 1.1, section 3.1): ``/context/<version>.jsonld``. Data that are served
name every term by its IRI or prefix, so that nobody needs to fetch a context to read them.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from pyoxigraph import NamedNode

from eild import media
from eild.errors import NotFoundError
from eild.exchange.content import IMMUTABLE, PUBLIC
from eild.terms import EILD, OWL, RDF, RDFS, XSD
from eild.web.frame.respond import accept_header, current_site, respond
from eild.web.frame.routes import Route, Views
from eild.web.vocabularies.versions import list_versions

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from flask import Response
    from pyoxigraph import Triple

blueprint = Views("context", __name__)

KEYWORDS: Final = {"id": "@id", "type": "@type"}
"""Short names of what JSON-LD itself needs."""

_NAMESPACE: Final = str(EILD)


def build_context(ontology: Sequence[Triple], prefixes: Mapping[str, str]) -> dict[str, Any]:
    """Return a JSON-LD context: prefixes, and each term of the ontology by its local name.

    Values of properties between resources are IRIs; values of properties with a datatype as range have that type.

    :param ontology: the triples of the ontology; may be empty
    :param prefixes: namespaces by prefix
    """
    kinds: dict[str, set[str]] = {}
    ranges: dict[str, list[str]] = {}
    for triple in ontology:
        if not isinstance(triple.subject, NamedNode) or not isinstance(triple.object, NamedNode):
            continue
        if triple.subject.value.startswith(_NAMESPACE) and triple.predicate.value == str(RDF.type):
            kinds.setdefault(triple.subject.value, set()).add(triple.object.value)
        elif triple.predicate.value == str(RDFS.range):
            ranges.setdefault(triple.subject.value, []).append(triple.object.value)
    terms: dict[str, Any] = {}
    for iri in sorted(kinds):
        name = iri.removeprefix(_NAMESPACE)
        if str(OWL.ObjectProperty) in kinds[iri]:
            terms[name] = {"@id": iri, "@type": "@id"}
        elif str(OWL.DatatypeProperty) in kinds[iri]:
            types = [value for value in ranges.get(iri, []) if value.startswith(str(XSD)) and value != str(XSD.string)]
            terms[name] = {"@id": iri, "@type": types[0]} if len(types) == 1 else {"@id": iri}
        else:
            terms[name] = iri
    taken = {name: namespace for name, namespace in prefixes.items() if name and name not in terms}
    return {"@context": {"@version": 1.1, **KEYWORDS, **taken, **terms}}


def _answer(cache: str) -> Response:
    site = current_site()
    form = media.choose_format(accept_header(), (media.JSON_LD,))

    def write() -> bytes:
        context = build_context(site.vocabularies.get("ontology", ()), site.prefixes)
        return (json.dumps(context, ensure_ascii=False, indent=1) + "\n").encode()

    return respond(write, form, tag=site.make_tag("context"), cache=cache)


@blueprint.declare(Route("/context.jsonld", (media.JSON_LD,)))
def send() -> Response:
    """Return the JSON-LD context of the current version."""
    return _answer(PUBLIC)


@blueprint.declare(Route("/context/<version>.jsonld", (media.JSON_LD,), refusals=(404,)))
def send_version(version: str) -> Response:
    """Return the JSON-LD context of a version of the ontology, which never changes."""
    versions = list_versions(current_site(), "ontology")[:1]
    if version not in versions:
        message = f"there is no JSON-LD context for version {version[:40]!r}"
        raise NotFoundError(message, hint=f"versions served: {', '.join(versions) or 'none'}")
    return _answer(IMMUTABLE)
