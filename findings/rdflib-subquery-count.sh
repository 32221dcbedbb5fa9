#!/usr/bin/env bash
# Package:   RDFLib 7.6.0 (SPARQL engine), beside pyoxigraph 0.5.13
# Guess:     a subquery is evaluated by itself and then joined (SPARQL 1.1 Query, section 18.2.1): variables that it
#            does not project have nothing to do with those of the same name outside, so a count is over all data.
# Behaviour: a subquery after a triple pattern is evaluated for each solution of that pattern, and sees the values of
#            variables that it does not project. Placed before the pattern, it is evaluated by itself.
# Seen:      beside each of three subjects, the count of all statements is 1, and 3 if the subquery comes first.
#            pyoxigraph counts 3 in both orders.
# Matters:   shares of a whole, such as a count per subject beside the total, are wrong without an error.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet --disable-pip-version-check install rdflib==7.6.0 pyoxigraph==0.5.13
"$folder/venv/bin/python" - <<'PYTHON'
import sys

from pyoxigraph import RdfFormat, Store
from rdflib import Graph

DATA = "<http://example.org/a> <http://example.org/p> 1 . <http://example.org/b> <http://example.org/p> 2 . " \
    "<http://example.org/c> <http://example.org/p> 3 ."
PATTERN = "?s <http://example.org/p> ?o ."
TOTAL = "{ SELECT (COUNT(*) AS ?total) { ?s <http://example.org/p> ?any } }"
store = Store()
store.load(DATA.encode(), RdfFormat.TURTLE)
graph = Graph().parse(data=DATA, format="turtle")
expected = {"subquery last": (PATTERN + TOTAL, {1}), "subquery first": (TOTAL + PATTERN, {3})}
changed = False
for name, (group, seen) in expected.items():
    query = f"SELECT ?s ?total {{ {group} }}"
    here = {int(row["total"]) for row in graph.query(query)}
    there = {int(row["total"].value) for row in store.query(query)}
    print(f"{name}: RDFLib {here}, pyoxigraph {there}")
    changed = changed or here != seen or there != {3}
sys.exit(changed)
PYTHON
