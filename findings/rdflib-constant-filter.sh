#!/usr/bin/env bash
# Package:   RDFLib 7.6.0 (SPARQL engine)
# Guess:     FILTER(false) lets no solution pass, and ASK with it is false: a constant is an expression like others.
# Behaviour: a constant whose Python value is false (false, "" or 0) is taken for no condition at all, and the FILTER is
#            left out of the query. The same condition as a comparison, such as FILTER(1 = 2), works.
# Seen:      SELECT returns all three rows with each of the constants and none with the comparison; ASK {FILTER(false)}
#            is true.
# Matters:   programs that write false into a template so that nothing is found get everything.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet --disable-pip-version-check install rdflib==7.6.0
"$folder/venv/bin/python" - <<'PYTHON'
import sys

from rdflib import Graph

graph = Graph().parse(data="@prefix ex: <http://example.org/> . ex:a ex:p 1 . ex:b ex:p 2 . ex:c ex:p 3 .", format="ttl")
changed = False
for condition, seen in {"false": 3, '""': 3, "0": 3, "1 = 2": 0}.items():
    rows = len(list(graph.query(f"SELECT * {{ ?s ?p ?o FILTER({condition}) }}")))
    print(f"SELECT with FILTER({condition}): {rows} rows")
    changed = changed or rows != seen
asked = graph.query("ASK { FILTER(false) }").askAnswer
print(f"ASK {{ FILTER(false) }}: {asked}")
sys.exit(changed or asked is not True)
PYTHON
