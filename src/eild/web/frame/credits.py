"""Who made a dataset, as pages name them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyoxigraph import NamedNode

if TYPE_CHECKING:
    from eild.web.frame.site import Site


def name_author(site: Site) -> str:
    """Return the name of who made the dataset; an empty string if the data does not say."""
    iri = site.about.author
    return site.about.author_name or (site.documents.find_name(NamedNode(iri)) if iri else "")


def name_editor(site: Site) -> str:
    """Return what sentences call those who encode the texts."""
    return "EILD" if site.publication.is_eild else name_author(site) or site.publication.title
