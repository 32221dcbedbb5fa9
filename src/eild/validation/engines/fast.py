"""The fast engine: ``pyshacl-turbo``, which reads shapes as pySHACL does and applies them in compiled code.

It is given an excerpt of the shapes (:mod:`eild.validation.engines.excerpt`) and the data as text: it reads and loads
nothing itself, and leaves neither data nor shapes changed.
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any, Final

from rdflib.namespace import SH

from eild.validation.grammar.queries import EngineFailures

if TYPE_CHECKING:
    from rdflib import Graph

    from eild.located.statements import Statements

FAST_ENGINE: Final = "pyshacl-turbo"
"""The name of the library, as reports show it."""


def run_fast(data: Statements, shapes: Graph) -> Graph:
    """Validate data against shapes with pyshacl-turbo, and return the report graph.

    :param data: the data; blank nodes keep their labels, language tags are in lower case
    :param shapes: the shapes
    :raises ShapesError: if the engine cannot apply the shapes
    """
    import pyshacl_turbo
    from pyshacl_turbo.rdf import Input

    compile_shapes: Any = pyshacl_turbo.compile_shapes  # the library does not say its types
    with warnings.catch_warnings(), EngineFailures():
        warnings.simplefilter("ignore")
        program = compile_shapes(shapes, advanced=(None, SH.target, None) in shapes)
        content = Input(data.text(), "nt", None, {}, {}, preserve_ids=True)
        report: Graph
        _, report, _ = program.validate(content, _normalize_report_literals=False)
    return report
