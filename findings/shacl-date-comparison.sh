#!/usr/bin/env bash
# Package:   shacl 0.3.4 (PyPI; SHACL validator written in Rust)
# Guess:     a SPARQL constraint whose FILTER compares two xsd:date values works as in other engines: most of them
#            compare dates beyond the letter of SPARQL 1.1, and one that does not would report an error.
# Behaviour: `<` between two xsd:date values yields neither a row nor an error, so the constraint never fails. The same
#            comparison of xsd:dateTime values yields the row.
# Seen:      data whose end lies before its start conforms with dates, and does not conform with dates and times.
# Matters:   a gate that checks the order of dates lets everything pass.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet --disable-pip-version-check install shacl==0.3.4
"$folder/venv/bin/python" - <<'PYTHON'
import sys

import shacl

SHAPES = """@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix ex: <http://example.org/> .
ex:Order a sh:NodeShape ; sh:targetClass ex:Loan ; sh:sparql [ sh:message "the end must not be before the start" ;
    sh:select '''SELECT $this WHERE { $this <http://example.org/from> ?from ; <http://example.org/to> ?to .
        FILTER(?to < ?from) }''' ] .
"""
DATA = """@prefix ex: <http://example.org/> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
ex:loan a ex:Loan ; ex:from "2024-03-01{time}"^^xsd:{type} ; ex:to "2024-02-01{time}"^^xsd:{type} .
"""
shapes = shacl.Shapes.from_text(SHAPES, "turtle")
changed = False
for kind, time, seen in (("date", "", True), ("dateTime", "T00:00:00Z", False)):
    conforms = shapes.validate_text(DATA.replace("{type}", kind).replace("{time}", time), "turtle").conforms
    print(f"xsd:{kind}: conforms = {conforms}")
    changed = changed or conforms is not seen
sys.exit(changed)
PYTHON
