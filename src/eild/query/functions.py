"""Which functions the compiled engine has beyond SPARQL 1.1: asked of the engine itself, not listed by hand."""

from __future__ import annotations

from functools import cache
from typing import Final

from pyoxigraph import Store

GEOSPARQL: Final = "http://www.opengis.net/def/function/geosparql/"
"""The start of the IRIs of GeoSPARQL functions (OGC 22-047r1, annex C)."""

_GEOSPARQL_NAMES: Final = (
    *("area", "asGML", "asGeoJSON", "asKML", "asWKT", "boundary", "boundingCircle", "buffer", "centroid"),
    *("concaveHull", "convexHull", "coordinateDimension", "difference", "dimension", "distance", "envelope"),
    *("geometryN", "geometryType", "getSRID", "intersection", "is3D", "isEmpty", "isMeasured", "isSimple", "length"),
    *("maxX", "maxY", "maxZ", "metricArea", "metricBuffer", "metricDistance", "metricLength", "metricPerimeter"),
    *("minX", "minY", "minZ", "numGeometries", "perimeter", "relate", "spatialDimension", "symDifference"),
    *("transform", "union"),
    *(f"sf{name}" for name in ("Contains", "Crosses", "Disjoint", "Equals", "Intersects", "Overlaps", "Touches")),
    "sfWithin",
    *(f"eh{name}" for name in ("Contains", "CoveredBy", "Covers", "Disjoint", "Equals", "Inside", "Meet", "Overlap")),
    *(f"rcc8{name}" for name in ("dc", "ec", "eq", "ntpp", "ntppi", "po", "tpp", "tppi")),
)
_UNKNOWN: Final = "not supported"


def has_function(iri: str) -> bool:
    """Tell whether the engine has a function: it says so of an unknown one, whatever the arguments."""
    try:
        list(Store().query(f"SELECT (<{iri}>() AS ?value) {{}}"))  # type: ignore[arg-type] # SELECT gives solutions
    except RuntimeError as error:
        return _UNKNOWN not in str(error)
    return True


@cache
def list_extension_functions() -> tuple[str, ...]:
    """Return the IRIs of the functions that the engine has beyond those of SPARQL 1.1, sorted."""
    return tuple(sorted(GEOSPARQL + name for name in _GEOSPARQL_NAMES if has_function(GEOSPARQL + name)))
