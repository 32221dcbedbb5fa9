#!/usr/bin/env bash
# Package:   py-horned-owl 2.0.0 (PyPI; OWL ontologies, written in Rust)
# Guess:     a blank node is an anonymous individual (OWL 2 Mapping to RDF Graphs, section 3): its classes and the values
#            of its properties are axioms like those of a named individual.
# Behaviour: statements whose subject is a blank node are left out, and no error or warning tells. A statement with a
#            blank node as object is read as an annotation, although its property is declared as an object property.
# Seen:      of three facts about a blank node, AnnotationAssertion(has owner _:anon) remains. The same facts with an IRI
#            give ObjectPropertyAssertion, ClassAssertion and DataPropertyAssertion.
# Matters:   reasoners that get the ontology from here do not know of these individuals, and annotations mean nothing to
#            them. Saving the ontology loses the facts for good.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet --disable-pip-version-check install py-horned-owl==2.0.0
"$folder/venv/bin/python" - "$folder" <<'PYTHON'
import sys
from pathlib import Path

import pyhornedowl

TEXT = """@prefix ex: <http://example.org/> . @prefix owl: <http://www.w3.org/2002/07/owl#> .
<http://example.org/ontology> a owl:Ontology . ex:Person a owl:Class . ex:owner a owl:ObjectProperty .
ex:age a owl:DatatypeProperty . ex:boat a owl:NamedIndividual .
ex:boat ex:owner WHO . WHO a ex:Person ; ex:age 40 .
"""
expected = {
    "ex:somebody": ["ClassAssertion", "DataPropertyAssertion", "ObjectPropertyAssertion"],
    "_:somebody": ["AnnotationAssertion"],
}
changed = False
for who, seen in expected.items():
    path = Path(sys.argv[1]) / "ontology.ttl"
    path.write_text(TEXT.replace("WHO", who))
    axioms = sorted(str(axiom) for axiom in pyhornedowl.open_ontology(str(path)).get_axioms())
    facts = [axiom for axiom in axioms if "Assertion" in axiom]
    print(f"{who}:", *facts, sep="\n  ")
    changed = changed or [fact.partition("(")[0] for fact in facts] != seen
sys.exit(changed)
PYTHON
