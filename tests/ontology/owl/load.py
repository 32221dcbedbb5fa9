"""Load an ontology with Owlready2, py-horned-owl and pronto, in a separate environment, and print what they found.

The argument is a file in RDF/XML. One JSON object comes out: for each program, what it takes for the ontology's IRI,
the number of imports, which py-horned-owl does not tell, and the numbers of classes and properties.
"""

from __future__ import annotations

import json
import sys
import warnings
from pathlib import Path
from typing import Any

warnings.simplefilter("ignore")  # pronto names each annotation that OBO does not have

import owlready2  # type: ignore[import-not-found] # noqa: E402 - it is in that environment only, like the next two
import pronto  # type: ignore[import-not-found] # noqa: E402
import pyhornedowl  # type: ignore[import-not-found] # noqa: E402


def load(path: str) -> dict[str, list[Any]]:
    """Return IRI, imports, number of classes and number of properties, by program."""
    world = owlready2.World()
    with Path(path).open("rb") as file:
        ready = world.get_ontology("http://nowhere.example/").load(fileobj=file, only_local=True)
    horned = pyhornedowl.open_ontology(path)
    terms = pronto.Ontology(path)
    properties = [*ready.object_properties(), *ready.data_properties()]
    horned_properties = horned.get_object_properties() | horned.get_data_properties()
    return {
        "owlready2": [ready.base_iri, len(ready.imported_ontologies), len(list(ready.classes())), len(properties)],
        "horned": [str(horned.get_iri()), len(horned.get_classes()), len(horned_properties)],
        "pronto": [terms.metadata.ontology, len(terms.imports), len(terms.terms()), len(terms.relationships())],
    }


if __name__ == "__main__":
    sys.stdout.write(json.dumps(load(sys.argv[1])))
