#!/usr/bin/env bash
# Package:   pyshacl-turbo 0.6.5 (PyPI; SHACL validator written in Rust), beside pySHACL 0.40.1
# Guess:     a - b - c in a SPARQL constraint is (a - b) - c, as in the grammar of SPARQL and in every other engine.
# Behaviour: chains of subtractions, and of divisions and multiplications, are computed from their end: a - (b - c) and
#            a / (b * c). Nothing tells; parentheses help.
# Seen:      for the values 8, 2 and 1, "a - b - c = 5" is not true, "(a - b) - c = 5" is, and "a / b * b" is 2.
#            pySHACL answers all three as the grammar has it.
# Matters:   sums that are checked in a gate, such as what is left of a budget, pass or fail for no reason.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet --disable-pip-version-check install pyshacl-turbo==0.6.5 pyshacl==0.40.1 rdflib==7.6.0
"$folder/venv/bin/python" - <<'PYTHON'
import sys

import pyshacl
import pyshacl_turbo
from rdflib import Graph

DATA = "@prefix ex: <http://example.org/> . ex:budget a ex:Budget ; ex:a 8 ; ex:b 2 ; ex:c 1 ."
SHAPES = """@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix ex: <http://example.org/> .
ex:Rest a sh:NodeShape ; sh:targetClass ex:Budget ; sh:sparql [ sh:message "the condition is true" ; sh:select '''
    SELECT $this WHERE { $this <http://example.org/a> ?a ; <http://example.org/b> ?b ; <http://example.org/c> ?c .
        FILTER(CONDITION) }''' ] .
"""
# Whether a solution is found: by pyshacl-turbo, by pySHACL.
expected = {
    "?a - ?b - ?c = 5": (False, True),
    "(?a - ?b) - ?c = 5": (True, True),
    "?a / ?b * ?b = 2": (True, False),
}
changed = False
for condition, seen in expected.items():
    found = []
    for engine in (pyshacl_turbo, pyshacl):
        data = Graph().parse(data=DATA, format="turtle")
        shapes = Graph().parse(data=SHAPES.replace("CONDITION", condition), format="turtle")
        conforms, _, _ = engine.validate(data, shacl_graph=shapes)
        found.append(not conforms)
    print(f"{condition}: pyshacl-turbo {found[0]}, pySHACL {found[1]}")
    changed = changed or tuple(found) != seen
sys.exit(changed)
PYTHON
