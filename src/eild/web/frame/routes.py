"""Declarations of routes: each view states once what it answers, and everything that lists routes reads it there.

Flask's URL map, the OpenAPI description, the navigation of pages, the sitemap and the signposts are all made from these
declarations. A new page is a view with a declaration; a new module of views is also a line in
:mod:`eild.web.blueprints`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING, Final, TypeVar

from flask import Blueprint, Flask, current_app, request
from werkzeug.exceptions import HTTPException

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from flask.typing import RouteCallable

    from eild.media import Format
    from eild.web.frame.site import Site

View = TypeVar("View", bound="RouteCallable")

_EXTENSION: Final = "eild.routes"
_CHOICE: Final = re.compile(r"^/<any\(([^)]*)\):\w+>")


class Signposts(Enum):
    """Typed links that a response has, as https://signposting.org/FAIR/ defines them."""

    NONE = auto()
    """No links, because the response is not a page, a representation of one, or a file of the dataset."""
    PAGE = auto()
    """Those of a page that is about nothing else."""
    DATASET = auto()
    """Those of a page about the dataset as a whole."""
    VOCABULARY = auto()
    """Those of a page about the ontology or the shapes."""
    FILE = auto()
    """Those of a file of the dataset."""
    DOCUMENT = auto()
    """Those of a document about a resource, which its view adds itself."""


@dataclass(frozen=True)
class SiteSection:
    """A section of the site, named in the navigation of each page.

    :ivar label: its name
    :ivar documents: starts of the paths of documents that belong to it
    """

    label: str
    documents: tuple[str, ...] = ()


def never(_site: Site, _path: str) -> bool:
    """Return that a path is not a page that search engines and navigation should name."""
    return False


def always(_site: Site, _path: str) -> bool:
    """Return that a path is a page with content whatever the data is."""
    return True


def with_claims(site: Site, _path: str) -> bool:
    """Return whether the data has claims, which the page needs."""
    return bool(site.claims.claims)


@dataclass(frozen=True)
class Route:
    """What a view answers.

    :ivar rule: its path, as Flask's rules have it
    :ivar forms: formats of a response with status 200, or their content types
    :ivar redirects: statuses of redirects; a view without formats only redirects
    :ivar refusals: statuses of errors in addition to those that every view has
    :ivar query: names of its parameters in the query string, in :data:`eild.web.openapi.PARAMETERS`
    :ivar methods: its methods, in addition to HEAD and OPTIONS
    :ivar body: name of the body that a POST takes, in :data:`eild.web.openapi.BODIES`; empty if it takes none
    :ivar negotiated: whether it chooses the format by Accept, and refuses what is not acceptable
    :ivar signposts: the typed links of its responses
    :ivar section: the section that it opens, or the label of the one that it belongs to; empty for none
    :ivar listed: whether one of its paths is a page that sitemap and navigation name; given the site and the path
    """

    rule: str
    forms: tuple[Format | str, ...] = ()
    redirects: tuple[int, ...] = ()
    refusals: tuple[int, ...] = ()
    query: tuple[str, ...] = ()
    methods: tuple[str, ...] = ("GET",)
    body: str = ""
    negotiated: bool = True
    signposts: Signposts = Signposts.PAGE
    section: SiteSection | str = ""
    listed: Callable[[Site, str], bool] = never

    def list_paths(self, site: Site) -> list[str]:
        """Return the paths, without a first slash, of its pages that sitemap and navigation name."""
        paths = (rule.removeprefix("/") for rule in expand_choice(self.rule))
        return [path for path in paths if self.listed(site, path)]


def expand_choice(rule: str) -> list[str]:
    """Return the rules that a rule stands for whose first part is a choice of words, or the rule itself."""
    match = _CHOICE.match(rule)
    if match is None:
        return [rule]
    return [f"/{word.strip()}{rule[match.end() :]}" for word in match[1].split(",")]


class Views(Blueprint):
    """A blueprint whose views are declared.

    :ivar routes: the declarations, by name of the view
    """

    def __init__(self, name: str, import_name: str) -> None:
        """Make a blueprint without views.

        :param name: its name, which is a tag of the OpenAPI description
        :param import_name: name of the module that defines the views
        """
        super().__init__(name, import_name)
        self.routes: dict[str, Route] = {}

    def declare(self, route: Route) -> Callable[[View], View]:
        """Return a decorator that registers a view for a route."""

        def register(view: View) -> View:
            self.routes[view.__name__] = route
            self.add_url_rule(route.rule, view.__name__, view, methods=list(route.methods))
            return view

        return register


def register_views(app: Flask, blueprints: Iterable[Views]) -> None:
    """Register the views of an application, with their declarations."""
    routes: dict[str, Route] = {}
    for blueprint in blueprints:
        app.register_blueprint(blueprint)
        routes |= {f"{blueprint.name}.{name}": route for name, route in blueprint.routes.items()}
    app.extensions[_EXTENSION] = routes


def list_routes(app: Flask | None = None) -> Mapping[str, Route]:
    """Return the declarations of all views by endpoint, in the order of registration.

    :param app: the application; the running one if not given
    """
    routes: Mapping[str, Route] = (app or current_app).extensions[_EXTENSION]
    return routes


def current_route() -> Route | None:
    """Return the declaration of the view that answers the request; None if there is none for its path and method."""
    return list_routes().get(request.endpoint or "")


def find_route(path: str) -> Route | None:
    """Return the declaration of the view that answers GET at a path; None if there is none.

    :param path: a decoded path without a first slash
    """
    try:
        endpoint, _ = current_app.url_map.bind("").match(f"/{path}", method="GET")
    except HTTPException:
        return None
    return list_routes()[str(endpoint)]
