"""OWL tools load the merged ontology as it is served: Owlready2, py-horned-owl and pronto."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from rdflib import Graph
from rdflib.namespace import DCTERMS, OWL, RDF

from eild.terms import BASE

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask.testing import FlaskClient

SCRIPT = Path(__file__).parent / "owl" / "load.py"


def test_merged_ontology_is_one_without_imports(own_client: FlaskClient) -> None:
    """It has one header, which names the modules as its parts; each module keeps its own header."""
    graph = Graph().parse(data=own_client.get("/ontology.nt").data, format="nt")
    (header,) = graph.subjects(RDF.type, OWL.Ontology)
    assert str(header) == f"{BASE}ontology"
    assert (None, OWL.imports, None) not in graph
    parts = set(graph.objects(header, DCTERMS.hasPart))
    assert f"{BASE}ontology/claims" in set(map(str, parts))
    for part in parts:
        path = str(part).removeprefix(BASE)
        module = Graph().parse(data=own_client.get(f"/{path}.nt").data, format="nt")
        assert list(module.subjects(RDF.type, OWL.Ontology)) == [part]
    module = Graph().parse(data=own_client.get("/ontology/claims.nt").data, format="nt")
    assert (None, OWL.imports, None) in module


def test_owl_tools_load_the_merged_ontology(
    own_client: FlaskClient, install: Callable[[str], Path], tmp_path: Path
) -> None:
    """Each finds the IRI and every class, without imports or a request, and all but pronto every property."""
    file = tmp_path / "ontology.rdf"
    file.write_bytes(own_client.get("/ontology.rdf").data)
    graph = Graph().parse(file, format="xml")
    classes = len(set(graph.subjects(RDF.type, OWL.Class)))
    objects, data = (len(set(graph.subjects(RDF.type, kind))) for kind in (OWL.ObjectProperty, OWL.DatatypeProperty))
    command = [str(install(".portal-test") / "bin" / "python"), str(SCRIPT), str(file)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    iri = f"{BASE}ontology"
    assert found["owlready2"] == [f"{iri}#", 0, classes, objects + data]
    assert found["horned"] == [iri, classes, objects + data]
    assert found["pronto"][:3] == [iri, 0, classes]
