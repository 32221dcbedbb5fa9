"""Pictures of a resource on the web: shown if the operator allows their origin, otherwise as links.

Browsers ask the host of a picture for it, and so tell that host who reads which page. Therefore nothing is shown that
the operator has not allowed, and Content-Security-Policy says the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from pyoxigraph import NamedNode

from eild.terms import FOAF, SCHEMA
from eild.web.frame.respond import allows_image

if TYPE_CHECKING:
    from eild.web.frame.site import Site

MOST_IMAGES: Final = 6
"""How many pictures of a resource a page shows."""

_PROPERTIES: Final = tuple(
    NamedNode(iri)
    for iri in (
        *(f"{FOAF}{name}" for name in ("depiction", "img", "thumbnail", "logo")),
        *(f"{start}{name}" for name in ("image", "thumbnailUrl", "logo") for start in (SCHEMA, "http://schema.org/")),
        "http://dbpedia.org/ontology/thumbnail",
        "http://www.wikidata.org/prop/direct/P18",
        "http://www.europeana.eu/schemas/edm/isShownBy",
    )
)


@dataclass(frozen=True)
class Image:
    """A picture of a resource.

    :ivar url: where it is
    :ivar text: what it is called, or its file and host
    :ivar shown: whether the page shows it
    """

    url: str
    text: str
    shown: bool


def _name_file(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.path.rpartition('/')[2] or parts.path} on {parts.hostname}"


def list_images(site: Site, node: NamedNode) -> list[Image]:
    """Return the pictures that the data names for a resource, each once."""
    found: dict[str, Image] = {}
    for name in _PROPERTIES:
        for value in site.documents.find_objects(node, name):
            if isinstance(value, NamedNode) and value.value.startswith(("http://", "https://")):
                text = site.documents.find_name(value) or _name_file(value.value)
                found.setdefault(value.value, Image(value.value, text, allows_image(site.settings.images, value.value)))
    return list(found.values())[:MOST_IMAGES]
