#!/usr/bin/env bash
# Package:   Owlready2 0.51
# Guess:     RDF/XML is recognized by its root element, rdf:RDF, whatever prefixes the elements inside have.
# Behaviour: a file whose header is written as <Ontology xmlns="http://www.w3.org/2002/07/owl#"> inside rdf:RDF, which is
#            the same RDF, is taken for OWL/XML.
# Seen:      loading fails with "OWL/XML parsing error"; with the prefix owl: instead, the same ontology loads.
# Matters:   RDF/XML writers that declare namespaces where they are used write the first form.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet --disable-pip-version-check install owlready2==0.51
"$folder/venv/bin/python" - <<'PYTHON'
import io
import sys

import owlready2

RDF = 'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
OWL = "http://www.w3.org/2002/07/owl#"
HEADERS = {
    "prefixed": f'<rdf:RDF {RDF} xmlns:owl="{OWL}">\n<owl:Ontology rdf:about="http://example.org/o"/>\n</rdf:RDF>\n',
    "unprefixed": f'<rdf:RDF {RDF}>\n<Ontology xmlns="{OWL}" rdf:about="http://example.org/o"/>\n</rdf:RDF>\n',
}
seen = {}
for name, text in HEADERS.items():
    world = owlready2.World()
    try:
        ontology = world.get_ontology(f"http://example.org/{name}").load(fileobj=io.BytesIO(text.encode()))
        seen[name] = f"loaded {ontology.base_iri}"
    except Exception as error:
        seen[name] = f"{type(error).__name__}: {error.args[-1]}"
    print(f"{name}: {seen[name]}")
sys.exit(not (seen["prefixed"].startswith("loaded") and "OWL/XML" in seen["unprefixed"]))
PYTHON
