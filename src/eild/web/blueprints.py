"""All routes of the site: one blueprint for each concern, in the order in which they are registered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from eild.web import health, openapi
from eild.web.browse import claims as claimlist
from eild.web.browse import compare as comparison
from eild.web.browse import disagreements, reading, search, timeline
from eild.web.browse import entities as entitylist
from eild.web.data import catalog, citing, context, downloads, nanopubs, vocabulary
from eild.web.endpoint import gallery, sparql
from eild.web.endpoint import terms as queryterms
from eild.web.frame import assets
from eild.web.home import contact, discovery
from eild.web.home import page as home
from eild.web.resources import documents as entities
from eild.web.resources import neighbours
from eild.web.validate import route as validate

if TYPE_CHECKING:
    from flask import Blueprint

BLUEPRINTS: Final[tuple[Blueprint, ...]] = (
    home.blueprint,
    assets.blueprint,
    catalog.blueprint,
    reading.blueprint,
    claimlist.blueprint,
    timeline.blueprint,
    disagreements.blueprint,
    comparison.blueprint,
    search.blueprint,
    citing.blueprint,
    sparql.blueprint,
    queryterms.blueprint,
    gallery.blueprint,
    validate.blueprint,
    entitylist.blueprint,
    neighbours.blueprint,
    entities.blueprint,
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
