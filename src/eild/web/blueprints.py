"""All routes of the site: one blueprint for each concern, in the order in which they are registered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from eild.web import (
    assets,
    catalog,
    citing,
    claimlist,
    comparison,
    contact,
    context,
    disagreements,
    discovery,
    downloads,
    entities,
    entitylist,
    gallery,
    health,
    home,
    nanopubs,
    neighbours,
    openapi,
    queryterms,
    reading,
    search,
    sparql,
    timeline,
    validate,
    vocabulary,
)

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
