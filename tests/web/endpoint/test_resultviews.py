"""Tests of results on maps and as images: offered where columns hold them, and images shown only if allowed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qs, urlsplit

import pytest
from lxml import html

from eild.config import Settings
from eild.publication.of_files import write_publication
from eild.web.app import create_app
from eild.web.frame.worldmap import choose_section

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask.testing import FlaskClient

    from eild.web.frame.site import Site

HTML: Final = {"Accept": "text/html"}
ALLOWED: Final = "https://images.example"
DATA: Final = """@prefix ex: <http://example.org/> .
@prefix gsp: <http://www.opengis.net/ont/geosparql#> .
ex:delft ex:name "Delft" ; ex:lat 52.01 ; ex:long 4.36 ; ex:image <https://images.example/d.png> .
ex:rome ex:name "Rome" ; ex:lat 41.9 ; ex:long 12.5 ; ex:image <https://elsewhere.example/r.png> .
ex:field ex:name "field" ; ex:shape "POLYGON((4 52, 5 52, 5 53, 4 52))"^^gsp:wktLiteral .
ex:odd ex:name "odd" ; ex:lat 152 ; ex:long 4 ; ex:page <https://images.example/d.html> .
"""
PREFIX: Final = "PREFIX ex: <http://example.org/> "
PAIRS: Final = (
    PREFIX
    + "SELECT ?name ?lat ?long { ?s ex:name ?name OPTIONAL { ?s ex:lat ?lat ; ex:long ?long FILTER(?lat < 90) } }"
)
SHAPES: Final = PREFIX + "SELECT ?name ?where { ?s ex:name ?name OPTIONAL { ?s ex:shape ?where } }"
IMAGES: Final = PREFIX + "SELECT ?name ?image { ?s ex:name ?name OPTIONAL { ?s ex:image ?image } } ORDER BY ?name"


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory, open_site: Callable[..., Site]) -> FlaskClient:
    """Return a client of a site with places and images, whose operator allows the images of one host."""
    folder = tmp_path_factory.mktemp("places")
    (folder / "places.ttl").write_text(DATA, encoding="utf-8")
    (folder / "build").mkdir()
    write_publication([folder / "places.ttl"], folder / "build", base="http://example.org/")
    return create_app(open_site(folder / "build", Settings(images=ALLOWED))).test_client()


def ask(client: FlaskClient, query: str, view: str = "table") -> Any:
    """Return the page of a query, parsed."""
    response = client.get("/sparql", query_string={"query": query, "view": view}, headers=HTML)
    assert response.status_code == 200
    return html.fromstring(response.text)


def list_views(page: Any) -> list[str]:
    """Return the views that a page offers, by the names in their addresses."""
    links = [link.get("href") for link in page.cssselect("#answer .tabs a")]
    return [parse_qs(urlsplit(link).query).get("view", ["table"])[0] for link in links]


VIEWS = [
    (PAIRS, ["map"]),
    (PREFIX + "SELECT ?fromLat ?fromLong { ?s ex:lat ?fromLat ; ex:long ?fromLong FILTER(?fromLat < 90) }", ["map"]),
    (
        PREFIX
        + "SELECT ?x ?fromLat ?toLong { ?s ex:name ?x ; ex:lat ?fromLat ; ex:long ?toLong FILTER(?fromLat < 90) }",
        [],
    ),
    (PREFIX + "SELECT ?name ?lat ?long { ?s ex:name ?name ; ex:lat ?lat ; ex:long ?long }", ["chart"]),
    (SHAPES, ["map"]),
    (PREFIX + 'SELECT ?name ?where { ?s ex:name ?name BIND("POINT(1 2)" AS ?where) }', ["map"]),
    (PREFIX + 'SELECT ?name ?where { VALUES (?name ?where) { ("a" "POINT(1 2)") ("b" "POINT") } }', []),
    (IMAGES, ["gallery"]),
    (PREFIX + "SELECT ?x { ?s ex:image ?x }", ["gallery"]),
    (PREFIX + "SELECT ?x { ?s ex:page|ex:image ?x }", []),
    (PREFIX + "SELECT ?image { ?s ex:name ?image }", []),
    (PREFIX + 'SELECT ?x { BIND("https://images.example/d.png" AS ?x) }', []),
    (PREFIX + "SELECT ?name ?lat ?long { ?s ex:nothing ?name ; ex:lat ?lat ; ex:long ?long }", []),
]


@pytest.mark.parametrize(("query", "expected"), VIEWS)
def test_page_offers_views_that_the_columns_allow(places: FlaskClient, query: str, expected: list[str]) -> None:
    """Maps need pairs of coordinates in range or shapes, galleries need addresses of images; nothing else gets one."""
    assert [view for view in list_views(ask(places, query)) if view not in {"table", "raw"}] == expected


def test_page_chart_over_time_said_in_words_and_listed(places: FlaskClient) -> None:
    """Numbers by year have a picture over time that its label describes, above the rows in the order of time."""
    query = "SELECT * { VALUES (?year ?n) { (1677 1) (1671 3) (1672 12) } }"
    page = ask(places, query, "chart")
    (picture,) = page.cssselect("#answer svg.series[role=img]")
    assert picture.get("aria-label") == "n from 1671 to 1677, between 1 and 12; the rows are listed below"
    assert len(picture.cssselect("line:not(.axis)")) == 3
    assert [" ".join(row.text_content().split()) for row in page.cssselect(".chart li p")] == [
        "1671 3",
        "1672 12",
        "1677 1",
    ]


def test_page_map_a_spot_and_a_line_with_links_for_each_place(places: FlaskClient) -> None:
    """The map has a title, a spot for each bound place, and a list with names, coordinates and links to the web."""
    page = ask(places, PAIRS, "map")
    (picture,) = page.cssselect("#answer svg.map")
    assert picture.get("role") == "img"
    title = picture.cssselect(f"#{picture.get('aria-labelledby')}")
    assert title[0].text == "Map of 2 places, which the list names"
    left, top, width, height = map(float, picture.get("viewbox").split())
    spots = [(float(spot.get("cx")), float(spot.get("cy"))) for spot in picture.cssselect("circle.spot")]
    assert sorted(spots) == [(184.36, 37.99), (192.5, 48.1)]
    assert all(left < x < left + width and top < y < top + height for x, y in spots)
    lines = sorted(" ".join(line.text_content().split()) for line in page.cssselect(".places li"))
    assert lines == [
        "Delft 52.01° N, 4.36° E · OpenStreetMap · Map application",
        "Rome 41.9° N, 12.5° E · OpenStreetMap · Map application",
    ]
    assert {urlsplit(a.get("href")).scheme for a in page.cssselect(".places li a")} == {"https", "geo"}


def test_page_map_shapes_drawn_as_areas(places: FlaskClient) -> None:
    """An area in Well-Known Text is drawn as one, and named by its middle."""
    page = ask(places, SHAPES, "map")
    assert len(page.cssselect("#answer svg.map path.area")) == 1
    assert "middle: 52.5° N, 4.5° E" in page.cssselect(".places li")[0].text_content()


@pytest.mark.parametrize(
    ("points", "expected"),
    [
        ([(0.0, 0.0)], (156, 78, 48, 24)),
        ([(-180.0, -90.0)], (0, 156, 48, 24)),
        ([(180.0, 90.0)], (312, 0, 48, 24)),
        ([(-180.0, 0.0), (180.0, 0.0)], (0, 0, 360, 180)),
        ([(0.0, 40.0), (0.0, 80.0)], (128, 4, 104, 52)),
    ],
)
def test_choose_section_holds_all_points_within_the_world(
    points: list[tuple[float, float]], expected: tuple[int, int, int, int]
) -> None:
    """A section is twice as wide as high, has its points and a margin, and never leaves the world."""
    assert choose_section(points) == expected


def test_page_gallery_images_of_allowed_hosts_others_as_links(places: FlaskClient) -> None:
    """Images of a host that the operator allows are shown with their text; others are links, and the page says why."""
    response = places.get("/sparql", query_string={"query": IMAGES, "view": "gallery"}, headers=HTML)
    page: Any = html.fromstring(response.text)
    shown = [(image.get("src"), image.get("alt"), image.get("loading")) for image in page.cssselect(".gallery img")]
    assert shown == [("https://images.example/d.png", "Delft", "lazy")]
    links = page.cssselect(".gallery a[rel=nofollow]")
    assert [link.get("href") for link in links] == ["https://elsewhere.example/r.png"]
    assert "Other images are links" in page.cssselect("#answer")[0].text_content()
    assert f"img-src 'self' {ALLOWED};" in response.headers["Content-Security-Policy"] + ";"


def test_page_gallery_without_permission_asks_no_host(places: FlaskClient, foreign: FlaskClient) -> None:
    """Without the operator's permission no image of another host is on the page."""
    query = "SELECT ?image { BIND(<https://images.example/d.png> AS ?image) }"
    assert ask(places, query, "gallery").cssselect(".gallery img")
    page = ask(foreign, query, "gallery")
    assert not page.cssselect("img")
    assert page.cssselect(".gallery a")[0].get("href") == "https://images.example/d.png"
