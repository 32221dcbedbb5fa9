"""Tests of the description of all routes: complete, valid, and true of a running server."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import httpx
import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from eild import media
from eild.web.frame.routes import list_routes
from eild.web.openapi import BODIES, PARAMETERS, build_description

if TYPE_CHECKING:
    from pathlib import Path

    from flask.testing import FlaskClient

    from eild.web.frame.site import Site

CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance"
SECONDS = 240


def test_description_has_every_route_and_no_other(client: FlaskClient, site: Site) -> None:
    """Each path of the description is a route with these methods, and each route is described."""
    described = build_description(client.application, site)["paths"]
    adapter = client.application.url_map.bind("localhost")
    found = set()
    for template, operations in described.items():
        path = template
        for operation in operations.values():
            for parameter in operation["parameters"]:
                schema = parameter["schema"]
                sample = schema.get("enum", ["1"])[0]
                path = path.replace(f"{{{parameter['name']}}}", sample)
        for method in operations:
            endpoint = adapter.match(path, method=method.upper())[0]
            found.add((endpoint, method.upper()))
    served = {
        (rule.endpoint, method)
        for rule in client.application.url_map.iter_rules()
        for method in (rule.methods or set()) & {"GET", "POST"}
    }
    assert found == served


def test_declared_parameters_and_bodies_described(client: FlaskClient) -> None:
    """Each parameter and body that a view declares has a description, and none is described that no view takes."""
    routes = list_routes(client.application).values()
    assert {name for route in routes for name in route.query} == PARAMETERS.keys()
    assert {route.body for route in routes if route.body} == BODIES.keys()


def test_get_description_valid_openapi(client: FlaskClient) -> None:
    """The description is well-formed OpenAPI 3.1, and every operation says in a sentence what it does."""
    response = client.get("/openapi.json")
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "application/json"
    assert response.json is not None
    OpenAPIV31SpecValidator(response.json).validate()
    operations = [item for path in response.json["paths"].values() for item in path.values()]
    assert len(operations) >= len(list_routes(client.application))
    assert all(operation["summary"].endswith(".") for operation in operations)
    assert response.json["servers"] == [{"url": "http://127.0.0.1:8000"}]


@pytest.mark.parametrize("endpoint", ["documents.document", "vocabulary.answer", "downloads.list_dumps"])
def test_declared_forms_are_those_on_offer(client: FlaskClient, endpoint: str) -> None:
    """The formats that a view declares are those that a 406 lists."""
    paths = {"documents.document": "/doc/agent/board", "vocabulary.answer": "/ontology"}
    response = client.get(paths.get(endpoint, "/dumps/"), headers={"Accept": "image/png"})
    assert response.json is not None
    forms = [form for form in list_routes(client.application)[endpoint].forms if isinstance(form, media.Format)]
    assert response.json["suggestions"] == [form.media_type for form in forms]


def test_server_generated_requests_answered_as_described(site_url: str, tmp_path: Path) -> None:
    """No generated request makes a running server fail or answer with a status or type that is not described."""
    described = httpx.get(f"{site_url}openapi.json")
    (tmp_path / "openapi.json").write_bytes(described.content)
    command = [sys.executable, "-c", "from schemathesis.cli import schemathesis; schemathesis()", "run", "openapi.json"]
    command += ["--url", site_url.rstrip("/"), "--checks", CHECKS, "--phases", "examples,fuzzing"]
    command += ["--mode", "all", "--max-examples", "12", "--generation-deterministic"]
    command += ["--no-color", "--request-timeout", "30", "--suppress-health-check", "all"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=SECONDS, check=False)
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
