"""Shapes: reading, checks of their form, targets and constraints."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from rdflib import BNode, URIRef
from rdflib.namespace import RDF, SH

from eild.errors import ShapesError
from eild.resources import resource_files
from eild.validation import Shapes, load_shapes
from eild.validation.grammar.terms import COMPONENTS
from eild.validation.grammar.terms import TERMS as SHACL_TERMS

if TYPE_CHECKING:
    from pathlib import Path

HEAD = "@prefix ex: <https://example.org/> . @prefix sh: <http://www.w3.org/ns/shacl#> .\n"


def write(folder: Path, text: str, name: str = "shapes.ttl") -> Path:
    """Write a shapes file."""
    path = folder / name
    path.write_text(HEAD + text, encoding="utf-8")
    return path


def test_load_shapes_misspelt_term_names_place_and_remedy(tmp_path: Path) -> None:
    """``sh:minCuont`` is found with line, column and what is meant."""
    path = write(tmp_path, "ex:S a sh:NodeShape ;\n  sh:targetClass ex:Boat ;\n  sh:minCuont 1 .\n")
    with pytest.raises(ShapesError) as caught:
        load_shapes([path])
    assert str(caught.value).startswith(f"{path}:4:")
    assert "unknown SHACL term sh:minCuont (did you mean sh:minCount?)" in str(caught.value)


def test_load_shapes_misspelt_target_and_class_all_named(tmp_path: Path) -> None:
    """All faults are named at once, each on its line."""
    path = write(tmp_path, "ex:S a sh:NodeShap ;\n  sh:targetClas ex:Boat .\n")
    with pytest.raises(ShapesError) as caught:
        load_shapes([path])
    lines = str(caught.value).splitlines()
    hints = [line.rpartition("(")[2] for line in lines[:2]]
    assert hints == ["did you mean sh:NodeShape?)", "did you mean sh:targetClass?)"]
    assert lines[2] == "2 errors in the shapes"


def test_load_shapes_ill_formed_query_names_place(tmp_path: Path) -> None:
    """A SPARQL constraint that does not parse is found before anything is validated."""
    path = write(
        tmp_path, 'ex:S a sh:NodeShape ; sh:targetClass ex:Boat ; sh:sparql ex:C .\nex:C sh:select "SELEC" .\n'
    )
    with pytest.raises(ShapesError, match=r"shapes\.ttl:3:22: ill-formed SPARQL constraint"):
        load_shapes([path])


@pytest.mark.parametrize("text", ["ex:S a sh:NodeShape", "ex:S a \xff"], ids=["cut", "encoding"])
def test_load_shapes_unparsable_raises_shapes_error(tmp_path: Path, text: str) -> None:
    """Shapes that do not parse are an error of the shapes, not of the data."""
    path = tmp_path / "shapes.ttl"
    path.write_bytes((HEAD + text).encode("latin-1"))
    with pytest.raises(ShapesError) as caught:
        load_shapes([path])
    assert caught.value.exit_code == 4


def test_load_shapes_missing_file_raises_shapes_error(tmp_path: Path) -> None:
    """A missing shapes file is an error of the shapes."""
    with pytest.raises(ShapesError, match="cannot read the file"):
        load_shapes([tmp_path / "none.ttl"])


def test_constraints_nested_shapes_only_those_that_report(tmp_path: Path) -> None:
    """Property shapes of targeted shapes count; shapes that are only named by sh:or do not."""
    path = write(
        tmp_path,
        """ex:S a sh:NodeShape ; sh:targetClass ex:Boat ; sh:property ex:S-length ; sh:or ( ex:A ex:B ) .
        ex:S-length sh:path ex:length ; sh:minCount 1 ; sh:maxCount 1 .
        ex:A sh:class ex:Ship . ex:B sh:nodeKind sh:IRI .""",
    )
    found = [(str(c.shape)[20:], str(c.component).removeprefix(str(SH))) for c in load_shapes([path]).constraints()]
    assert found == [
        ("S", "OrConstraintComponent"),
        ("S-length", "MaxCountConstraintComponent"),
        ("S-length", "MinCountConstraintComponent"),
    ]


def test_components_are_terms_of_shacl() -> None:
    """Each parameter and component of the table exists in the vocabulary."""
    names = {str(term).removeprefix(str(SH)) for term in [*COMPONENTS, *COMPONENTS.values()]}
    assert names <= SHACL_TERMS | {"QualifiedMinCountConstraintComponent"}


@pytest.fixture(scope="module")
def own_shapes() -> Shapes:
    """EILD's own shapes."""
    return load_shapes(resource_files("shapes", "*.ttl"))


def test_own_shapes_that_report_have_name_message_and_severity(own_shapes: Shapes) -> None:
    """Each shape that can find fault has a name, a message of what to do, and a severity."""
    graph = own_shapes.graph
    silent = set()
    for shape in {constraint.shape for constraint in own_shapes.constraints()}:
        message = str(graph.value(shape, SH.message) or "")
        if None in {graph.value(shape, SH.name), graph.value(shape, SH.severity)} or " must " not in f" {message}":
            silent.add(str(shape))
    assert silent == set()


def test_own_shapes_are_named_by_what_they_check(own_shapes: Shapes) -> None:
    """Shapes have IRIs of their own: ``<Class>Shape``, ``<Class>-<what>``, or a helper's name."""
    namespace = "https://w3id.org/eild/shapes#"
    unnamed = {
        str(shape)
        for kind in (SH.NodeShape, SH.PropertyShape, SH.SPARQLConstraint)
        for shape in own_shapes.graph.subjects(RDF.type, kind)
        if not isinstance(shape, URIRef) or not shape.startswith(namespace)
    }
    assert unnamed == set()


def test_own_shapes_blank_nodes_only_cells_of_lists(own_shapes: Shapes) -> None:
    """The only blank nodes of the shapes are the cells of lists."""
    graph = own_shapes.graph
    blank = {term for triple in graph for term in triple if isinstance(term, BNode)}
    cells = {cell for cell in blank if graph.value(cell, RDF.first) is not None}
    assert blank == cells


def test_own_shapes_name_no_graph(own_shapes: Shapes) -> None:
    """The constraints hold for a single graph: none of them names graphs."""
    named = [str(text) for text in own_shapes.graph.objects(None, SH.select) if "GRAPH" in str(text)]
    assert named == []
