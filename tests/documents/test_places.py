"""Tests of coordinates and shapes."""

from __future__ import annotations

import pytest
from pyoxigraph import NamedNode, RdfFormat, parse

from eild.documents.index import DocumentIndex
from eild.documents.places import Shape, find_shapes, read_wkt

HEAD = """@prefix : <http://e/> . @prefix g: <http://www.opengis.net/ont/geosparql#> .
@prefix w: <http://www.w3.org/2003/01/geo/wgs84_pos#> . @prefix s: <http://schema.org/> .
"""
POINT = Shape("point", (((4.5, 52.0),),))


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("POINT(4.5 52)", POINT),
        ("Point(4.5 52)", POINT),
        ("<http://www.opengis.net/def/crs/OGC/1.3/CRS84> POINT (4.5 52)", POINT),
        ("<http://www.opengis.net/def/crs/EPSG/0/4326> POINT(52 4.5)", POINT),
        ("POINT Z (4.5 52 7)", POINT),
        ("LINESTRING(4 52, 5 53)", Shape("line", (((4.0, 52.0), (5.0, 53.0)),))),
        ("POLYGON((0 0, 1 0, 1 1, 0 0))", Shape("area", (((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 0.0)),))),
        ("<http://www.opengis.net/def/crs/EPSG/0/28992> POINT(81000 455000)", None),
        ("POINT(4.5 152)", None),
        ("POINT(nan 52)", None),
        ("POINT EMPTY", None),
        ("somewhere", None),
    ],
)
def test_read_wkt(text: str, shape: Shape | None) -> None:
    """Degrees of WGS 84 are read in the order of their system; anything else is no place on the map."""
    assert read_wkt(text) == shape


@pytest.mark.parametrize(
    "statements",
    [
        ':a w:lat "52" ; w:long "4.5" .',
        ":a s:latitude 52.0 ; s:longitude 4.5 .",
        ":a s:geo [ s:latitude 52 ; s:longitude 4.5 ] .",
        ':a g:hasGeometry [ g:asWKT "POINT(4.5 52)"^^g:wktLiteral ] .',
        ':a :at "Point(4.5 52)"^^g:wktLiteral .',
        ':a w:lat_long "52,4.5" .',
    ],
)
def test_find_shapes_by_each_vocabulary(statements: str) -> None:
    """A place is found by every vocabulary that is in use."""
    index = DocumentIndex(quad.triple for quad in parse(HEAD + statements, RdfFormat.TURTLE))
    assert find_shapes(index, NamedNode("http://e/a")) == [POINT]


def test_find_shapes_of_several_coordinates_none() -> None:
    """Of several latitudes nobody knows which longitude belongs to them."""
    text = HEAD + ':a w:lat "52" , "53" ; w:long "4.5" .'
    index = DocumentIndex(quad.triple for quad in parse(text, RdfFormat.TURTLE))
    assert find_shapes(index, NamedNode("http://e/a")) == []
