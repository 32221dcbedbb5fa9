"""Property paths in shapes: well-formed and finite (SHACL, section 2.3.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rdflib.namespace import SH

from eild.errors import ShapesError
from eild.validation.grammar.paths import PathError, parse_path

if TYPE_CHECKING:
    from collections.abc import Iterator

    from eild.located import LocatedGraph

_HINT: Final = "write a property, ( one two ) for a sequence, or [ sh:inversePath property ] and the like"


def check_paths(located: LocatedGraph) -> Iterator[ShapesError]:
    """Yield an error for each ``sh:path`` that is not a well-formed, finite path."""
    for shape, path in located.graph.subject_objects(SH.path):
        try:
            parse_path(located.graph, path)
        except PathError as error:
            place = located.locate(shape, SH.path, path)
            if error.node != path:
                place = located.subjects.get(error.node) or place
            yield ShapesError(f"ill-formed sh:path: {error.fault}", location=place, hint=_HINT)
