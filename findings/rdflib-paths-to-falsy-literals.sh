#!/usr/bin/env bash
# Package:   RDFLib 7.6.0 (property paths in SPARQL), beside pyoxigraph 0.5.13
# Guess:     a path with + or * to a given value has a solution only if the path leads to that value, whatever it is. So
#            e:claim e:replaces+ ?end, with ?end given by VALUES or by a pattern before, has none for false, 0 and "", to
#            which no path leads.
# Behaviour: a given literal whose Python value is false (false, 0 or "") counts as not given. The path then leads to
#            anything, and the solution keeps the given value. Paths of one step are not affected.
# Seen:      false, 0 and "" have a solution each, 1 and "x" have none. pyoxigraph finds no solution for any.
# Matters:   joins of paths with Booleans, counts or empty notes report connections that the data do not have.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet --disable-pip-version-check install rdflib==7.6.0 pyoxigraph==0.5.13
"$folder/venv/bin/python" - <<'PYTHON'
import sys

import pyoxigraph
import rdflib

DATA = "@prefix e: <http://example.org/> . e:claim e:replaces e:draft ."
graph = rdflib.Graph().parse(data=DATA, format="turtle")
store = pyoxigraph.Store()
store.load(DATA, pyoxigraph.RdfFormat.TURTLE)
changed = False
for value, seen in (("false", 1), ("0", 1), ('""', 1), ("1", 0), ('"x"', 0)):
    query = f"PREFIX e: <http://example.org/> SELECT ?end {{ VALUES ?end {{ {value} }} e:claim e:replaces+ ?end }}"
    found, other = len(list(graph.query(query))), len(list(store.query(query)))
    print(f"{value}: RDFLib {found}, pyoxigraph {other} solutions")
    changed = changed or (found, other) != (seen, 0)
sys.exit(changed)
PYTHON
