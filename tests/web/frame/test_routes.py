"""Tests that one declaration of a view feeds routes, description, navigation, sitemap and signposts."""

from __future__ import annotations

import importlib
import pkgutil
from typing import TYPE_CHECKING

from flask import Response
from lxml import html

import eild.web
from eild import media
from eild.web import app, blueprints
from eild.web.blueprints import BLUEPRINTS
from eild.web.frame.pages import render_page
from eild.web.frame.respond import current_site, respond
from eild.web.frame.routes import (
    Route,
    Signposts,
    SiteSection,
    Views,
    always,
    expand_choice,
    find_route,
    list_routes,
    with_claims,
)

if TYPE_CHECKING:
    import pytest
    from flask.testing import FlaskClient

    from eild.web.frame.site import Site

AUTOMATIC = {"HEAD", "OPTIONS"}


def test_every_view_is_declared_with_its_rule_and_methods(client: FlaskClient) -> None:
    """The URL map and the declarations say the same; a view that is registered past them is found here."""
    application = client.application
    declared = {(name, route.rule, frozenset(route.methods)) for name, route in list_routes(application).items()}
    served = {
        (rule.endpoint, rule.rule, frozenset((rule.methods or set()) - AUTOMATIC))
        for rule in application.url_map.iter_rules()
    }
    assert served == declared


def test_every_module_with_views_is_registered() -> None:
    """A module that declares views is in the list of blueprints, once."""
    found = []
    for info in pkgutil.walk_packages(eild.web.__path__, "eild.web."):
        module = importlib.import_module(info.name)
        found += [value for value in vars(module).values() if isinstance(value, Views)]
    assert {views.name for views in found} == {views.name for views in BLUEPRINTS}
    assert len(BLUEPRINTS) == len({views.name for views in BLUEPRINTS})


def test_every_label_of_a_section_has_a_section(client: FlaskClient) -> None:
    """A view that belongs to a section names one that another view opens, and no section is opened twice."""
    sections = [route.section for route in list_routes(client.application).values()]
    opened = [section.label for section in sections if isinstance(section, SiteSection)]
    assert opened == ["Read", "Claims", "Timeline", "Disagreements", "Entities", "Concepts", "Query", "Data"]
    assert {section for section in sections if isinstance(section, str) and section} <= set(opened)


def test_listed_pages_answered_by_the_view_that_lists_them(own_client: FlaskClient, own_site: Site) -> None:
    """Each path that a view lists leads to that view and answers with a page."""
    routes = list_routes(own_client.application)
    listed = [(path, route) for route in routes.values() for path in route.list_paths(own_site)]
    assert len(listed) >= 11
    for path, route in listed:
        with own_client.application.test_request_context():
            assert find_route(path) is route, path
        response = own_client.get(f"/{path}", headers={"Accept": "text/html"})
        assert (response.status_code, response.mimetype) == (200, "text/html"), path


def test_expand_choice_first_part_only() -> None:
    """A choice of first words stands for as many rules; a choice of extensions stays one."""
    assert expand_choice("/<any(a, b):name>/<rest>") == ["/a/<rest>", "/b/<rest>"]
    assert expand_choice("/c.<any(ttl, nt):suffix>") == ["/c.<any(ttl, nt):suffix>"]


def test_find_route_unknown_path_is_the_view_of_any_resource(client: FlaskClient) -> None:
    """Paths of resources lead to the view that resolves them, and paths that nothing answers to none."""
    with client.application.test_request_context():
        found = find_route("anything")
        assert found is not None
        assert found.rule == "/<path:name>"
        assert find_route("") is list_routes()["home.welcome"]
        assert find_route("a\nb") is None


def test_new_page_declared_once_is_everywhere(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """A page that is declared at its view is routed, described, in navigation and sitemap, and has signposts."""
    views = Views("sample", __name__)

    @views.declare(
        Route(
            "/sample",
            (media.HTML,),
            query=("page",),
            section=SiteSection("Sample", ("doc/agent/",)),
            signposts=Signposts.DATASET,
            listed=always,
        )
    )
    def show() -> Response:
        """Answer with a sample."""
        page = current_site()
        return respond(lambda: render_page(page, "base", "/sample"), media.HTML)

    @views.declare(Route("/sample/claims", (media.HTML,), section="Sample", listed=with_claims))
    def list_claims() -> Response:
        """Answer with claims."""
        return Response()

    monkeypatch.setattr(app, "BLUEPRINTS", (*blueprints.BLUEPRINTS, views))
    client = app.create_app(site).test_client()
    response = client.get("/sample")
    assert response.status_code == 200
    assert 'rel="item"' in response.headers["Link"]
    page = html.fromstring(response.text)
    assert page.xpath("//nav//a[@aria-current='page']/text()") == ["Sample"]
    document = html.fromstring(client.get("/doc/agent/board", headers={"Accept": "text/html"}).text)
    assert document.xpath("//nav//a[@aria-current='true']/text()") == ["Sample"]
    described = client.get("/openapi.json").json
    assert described is not None
    assert described["paths"]["/sample"]["get"]["summary"] == "Answer with a sample."
    assert [item["name"] for item in described["paths"]["/sample"]["get"]["parameters"]] == ["page"]
    sitemap = client.get("/sitemap.xml").text
    assert "http://127.0.0.1:8000/sample</loc>" in sitemap
    assert ("sample/claims</loc>" in sitemap) == bool(site.claims.claims)
    assert client.get("/linkset?of=/sample").status_code == 200
