"""All routes of the site: one blueprint for each concern, in the order in which they are registered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from eild.web import health, openapi
from eild.web.browse import claims, compare, concepts, disagreements, entities, reading, search, timeline
from eild.web.data import catalog, citing, context, downloads, nanopubs, vocabulary
from eild.web.endpoint import gallery, sparql, terms
from eild.web.frame import assets
from eild.web.home import contact, discovery
from eild.web.home import page as home
from eild.web.reconcile import service as reconcile
from eild.web.reconcile import suggest
from eild.web.resources import documents, neighbours
from eild.web.validate import route as validate

if TYPE_CHECKING:
    from eild.web.frame.routes import Views

BLUEPRINTS: Final[tuple[Views, ...]] = (
    home.blueprint,
    assets.blueprint,
    catalog.blueprint,
    reading.blueprint,
    claims.blueprint,
    timeline.blueprint,
    disagreements.blueprint,
    compare.blueprint,
    search.blueprint,
    reconcile.blueprint,
    suggest.blueprint,
    citing.blueprint,
    entities.blueprint,
    concepts.blueprint,
    sparql.blueprint,
    terms.blueprint,
    gallery.blueprint,
    validate.blueprint,
    neighbours.blueprint,
    documents.blueprint,
    vocabulary.blueprint,
    downloads.blueprint,
    nanopubs.blueprint,
    contact.blueprint,
    context.blueprint,
    discovery.blueprint,
    openapi.blueprint,
    health.blueprint,
)
"""What :func:`eild.web.app.create_app` registers; a new concern is a line here."""
