"""``/health/live``, ``/health/ready`` and ``/metrics``: whether the process runs, can answer, and what it has done."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from flask import Response, current_app

from eild import media
from eild.errors import EildError
from eild.exchange.content import UNCACHED
from eild.exchange.metrics import CONTENT_TYPE
from eild.exchange.problems import RETRY_SECONDS
from eild.query.engine import QueryRequest
from eild.web.frame.respond import current_site, respond
from eild.web.frame.routes import Route, Signposts, Views

if TYPE_CHECKING:
    from eild.exchange.metrics import Metrics
    from eild.web.frame.site import Site

blueprint = Views("health", __name__)


def current_metrics() -> Metrics:
    """Return the numbers of the running application."""
    metrics: Metrics = current_app.extensions["eild.metrics"]
    return metrics


def _report(site: Site, status: str, **more: str) -> Response:
    content = {"status": status, "version": site.publication.version, **more}
    return respond(lambda: json.dumps(content).encode(), media.PLAIN_JSON, cache=UNCACHED)


@blueprint.declare(Route("/health/live", (media.PLAIN_JSON,), negotiated=False, signposts=Signposts.NONE))
def live() -> Response:
    """Return that the process is running."""
    return _report(current_site(), "live")


@blueprint.declare(Route("/health/ready", (media.PLAIN_JSON,), negotiated=False, signposts=Signposts.NONE))
def ready() -> Response:
    """Return whether queries can be evaluated; 503 with the reason if they cannot."""
    site = current_site()
    try:
        site.engine.evaluate(QueryRequest("ASK {}", results=media.JSON))
    except EildError as error:
        response = _report(site, "degraded", why=error.message, hint=error.hint)
        response.status_code = 503
        response.headers["Retry-After"] = str(RETRY_SECONDS)
        return response
    return _report(site, "ready")


@blueprint.declare(Route("/metrics", (CONTENT_TYPE,), negotiated=False, signposts=Signposts.NONE))
def metrics() -> Response:
    """Return the metrics of all processes in the text format of Prometheus."""
    body = current_metrics().render(current_site().publication.version)
    response = Response(body, content_type=CONTENT_TYPE)
    response.headers["Cache-Control"] = UNCACHED
    return response
