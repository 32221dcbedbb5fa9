"""The fast engine: ``pyshacl-turbo``, which reads shapes as pySHACL does and applies them in compiled code.

It is given an excerpt of the shapes (:mod:`eild.validation.engines.excerpt`) and the data as text: it reads and loads
nothing itself, and leaves neither data nor shapes changed.
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any, Final

from rdflib.namespace import SH

from eild.validation.engines.excerpt import take_excerpt
from eild.validation.grammar.queries import EngineFailures

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rdflib import Graph
    from rdflib.term import Node

    from eild.located.statements import Statements
    from eild.validation.shapes import Shapes

FAST_ENGINE: Final = "pyshacl-turbo"
"""The name of the library, as reports show it."""


def run_fast(data: Statements, shapes: Shapes, roots: Iterable[Node], *, queries_only: bool = False) -> Graph:
    """Validate data against shapes with pyshacl-turbo, and return the report graph.

    :param data: the data; blank nodes keep their labels, language tags are in lower case
    :param shapes: the shapes
    :param roots: those that are applied to their targets
    :param queries_only: whether SPARQL constraints alone are applied
    :raises ShapesError: if the engine cannot apply the shapes
    """
    from pyshacl_turbo.rdf import Input

    wanted = tuple(roots)
    with warnings.catch_warnings(), EngineFailures():
        warnings.simplefilter("ignore")
        program = shapes.keep(
            (FAST_ENGINE, wanted, queries_only),
            lambda: _compile(take_excerpt(shapes, wanted, queries_only=queries_only)),
        )
        content = Input(data.text(), "nt", None, {}, {}, preserve_ids=True)
        report: Graph
        _, report, _ = program.validate(content, _normalize_report_literals=False)
    return report


def _compile(excerpt: Graph) -> Any:  # noqa: ANN401 - the library does not say its types
    import pyshacl_turbo

    compile_shapes: Any = pyshacl_turbo.compile_shapes
    return compile_shapes(excerpt, advanced=(None, SH.target, None) in excerpt)
