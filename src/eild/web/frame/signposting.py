"""Signposting (https://signposting.org/FAIR/): typed links that lead programs from any page to what it is about.

Level 1 is a Link field on each page and document: its persistent name, its descriptions, its parts, kind, licence,
author and collection. Level 2 is the same as a document of its own, the link set, which names all parts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl, unquote, urlsplit

from eild import media
from eild.documents.descriptions import search_node
from eild.errors import NotFoundError
from eild.exchange.links import Link
from eild.exchange.urls import make_uri
from eild.publication.manifest import content_type
from eild.terms import DCATAP, ONTOLOGY_IRI, SCHEMA
from eild.web.frame.routes import Signposts
from eild.web.frame.structured import find_schema_type

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pyoxigraph import NamedNode

    from eild.web.frame.site import Site

RDF_FORMS: Final = tuple(form for form in media.DOCUMENT_FORMATS if form is not media.HTML)
"""The machine forms of documents."""
LINKSET_FORMS: Final = (media.LINKSET_JSON, media.LINKSET)
"""The forms of a link set."""

_PACKED: Final = (".gz", ".zst")


def _type(name: str) -> Link:
    return Link("type", str(SCHEMA[name]))


def _lead(relation: str, path: str, media_type: str, profile: str = "") -> Link:
    return Link(relation, path, media_type, profile, local=True)


def _link_origin(site: Site) -> list[Link]:
    """Return what holds for all of a dataset."""
    about = site.about
    links = [Link("license", make_uri(about.licence))] if about.licence else []
    if about.author:
        links.append(Link("author", make_uri(about.author)))
    return links


def _link_common(site: Site, path: str) -> list[Link]:
    """Return what holds for all of a dataset, and where the link set is.

    :param path: path of the page without a first slash
    """
    links = _link_origin(site)
    links += [_lead("linkset", site.urls.linkset(path, form.name), form.media_type) for form in LINKSET_FORMS]
    return links


def link_document(site: Site, node: NamedNode, page: int = 1) -> list[Link]:
    """Return the links of the document about a resource; targets on this site are paths without a first slash.

    :param page: which page of it
    """
    iri, about = node.value, site.about
    profile = "" if site.publication.foreign else str(ONTOLOGY_IRI)
    kind = find_schema_type(site.described, node)
    links = [Link("describes", make_uri(iri)), _type("AboutPage")]
    if iri.startswith(("http://", "https://")):
        links.append(Link("cite-as", make_uri(iri)))
    if kind:
        links.append(_type(kind))
    links += [
        _lead("describedby", site.urls.page(iri, form.extension, page), form.media_type, profile) for form in RDF_FORMS
    ]
    if about.dataset and iri != about.dataset:
        links.append(Link("collection", make_uri(about.dataset)))
    return links + _link_common(site, site.urls.page(iri, page=page))


def link_dataset(site: Site, path: str, *, complete: bool = False) -> list[Link]:
    """Return the links of a page about the dataset as a whole.

    :param path: path of the page, without a first slash
    :param complete: whether packed dumps are named as well, of which there are many
    """
    about = site.about
    links = [_type("AboutPage"), _type("Dataset")]
    if about.dataset:
        links.insert(0, Link("cite-as", make_uri(about.dataset)))
        links += [_lead("describedby", f"catalog{form.extension}", form.media_type, str(DCATAP)) for form in RDF_FORMS]
    links += [
        _lead("item", f"dumps/{name}", content_type(name))
        for name in site.publication.files
        if complete or not name.endswith(_PACKED)
    ]
    return links + _link_common(site, path)


def link_vocabulary(site: Site, name: str) -> list[Link]:
    """Return the links of the page about a vocabulary.

    :param name: its name, which is its path
    """
    iri = site.urls.shared + name
    links = [Link("cite-as", make_uri(iri)), _type("AboutPage"), _type("DefinedTermSet")]
    links += [_lead("describedby", f"{name}{form.extension}", form.media_type) for form in RDF_FORMS]
    if site.about.dataset:
        links.append(Link("collection", make_uri(site.about.dataset)))
    return links + _link_common(site, name)


def link_page(site: Site) -> list[Link]:
    """Return the links of any other page; there is no more to say of it in a link set."""
    links = [_type("WebPage")]
    if site.about.dataset:
        links.append(Link("collection", make_uri(site.about.dataset)))
    return links + _link_origin(site)


def link_file(site: Site) -> list[Link]:
    """Return the links of a file of the dataset, which lead back to it."""
    about = site.about
    links = [Link("collection", make_uri(about.dataset))] if about.dataset else []
    if about.licence:
        links.append(Link("license", make_uri(about.licence)))
    return [*links, _lead("describedby", "dumps/", media.HTML.media_type)]


def find_links(site: Site, kind: Signposts, path: str) -> Sequence[Link]:
    """Return the links of a page that is not about a single resource.

    :param kind: what the view of the page declares
    :param path: path of the page, without a first slash; an extension names a form of it
    """
    stem = media.split_suffix(path, media.DOCUMENT_FORMATS)[0]
    if kind is Signposts.DATASET:
        return link_dataset(site, stem)
    if kind is Signposts.VOCABULARY and stem in site.vocabularies:
        return link_vocabulary(site, stem)
    return link_file(site) if kind is Signposts.FILE else link_page(site)


def find_linkset(site: Site, kind: Signposts, path: str) -> Sequence[Link]:
    """Return all links of a page, as its link set has them.

    :param kind: what the view of the page declares
    :param path: path of the page with its parameters, without a first slash
    :raises NotFoundError: if the page has no link set
    """
    if kind is Signposts.DATASET and media.split_suffix(path, media.DOCUMENT_FORMATS)[1] is None:
        return link_dataset(site, path, complete=True)
    if kind is Signposts.VOCABULARY and path in site.vocabularies:
        return link_vocabulary(site, path)
    parts = urlsplit(path)
    iris = [dict(parse_qsl(parts.query)).get("iri", "")]
    if parts.path.startswith("doc/"):
        iris = [*site.urls.list_described_iris(unquote(parts.path.removeprefix("doc/")))]
    node = search_node(site.described, iris) if kind is Signposts.DOCUMENT else None
    if node is None or not site.urls.document(node.value).startswith(parts.path):
        hint = "use the link set that the Link field of a page names"
        raise NotFoundError(f"no page at /{path[:200]} has a link set", hint=hint)
    return link_document(site, node)
