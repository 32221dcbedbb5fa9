"""``/health/live`` and ``/health/ready``: whether the process runs, and whether it can answer queries."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from flask import Blueprint, Response

from eild import media
from eild.store.engine import QueryRequest
from eild.web.respond import UNCACHED, current_site, respond

if TYPE_CHECKING:
    from eild.web.site import Site

blueprint = Blueprint("health", __name__)


def _report(site: Site, status: str) -> Response:
    content = {"status": status, "version": site.publication.version}
    return respond(lambda: json.dumps(content).encode(), media.PLAIN_JSON, cache=UNCACHED)


@blueprint.route("/health/live")
def live() -> Response:
    """Answer that this process answers."""
    return _report(current_site(), "live")


@blueprint.route("/health/ready")
def ready() -> Response:
    """Answer 200 once a query gets its answer; an engine that is away makes 503."""
    site = current_site()
    site.engine.evaluate(QueryRequest("ASK {}", results=media.JSON))
    return _report(site, "ready")
