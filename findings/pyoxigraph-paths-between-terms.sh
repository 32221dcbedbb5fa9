#!/usr/bin/env bash
# Package:   pyoxigraph 0.5.13 (Oxigraph, an RDF store)
# Guess:     a path with + connects two terms once in each graph, however many ways lead from one to the other
#            (SPARQL 1.1 Query, section 9.3: such paths do not count ways). So GRAPH ?g { :a :p+ :c } has one solution for
#            a graph in which they are connected, as GRAPH :g { :a :p+ :c } has for this graph.
# Behaviour: with a variable for the graph, there is one solution for each first step from which the other term is
#            reached. With the name of the graph, in the default graph, with *, and with a variable at an end, there is
#            one.
# Seen:      from :a, three steps lead towards :c. GRAPH ?g has three equal solutions, GRAPH :g has one.
# Matters:   counts and sums over named graphs are too high as soon as data has two ways around, as hierarchies with
#            several parents have.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet --disable-pip-version-check install pyoxigraph==0.5.13
"$folder/venv/bin/python" - <<'PYTHON'
import sys

from pyoxigraph import RdfFormat, Store

PREFIX = "PREFIX : <http://example.org/> "
store = Store()
store.load("@prefix : <http://example.org/> . :g { :a :p :b , :d , :c . :b :p :c . :d :p :c }", RdfFormat.TRIG)
found = []
for group in ("GRAPH ?g { :a :p+ :c }", "GRAPH :g { :a :p+ :c }", "GRAPH ?g { :a :p* :c }", "GRAPH ?g { :a :p+ ?x }"):
    found.append(sum(1 for _ in store.query(f"{PREFIX}SELECT ?g {{ {group} }}")))
    print(f"{found[-1]} solutions: {group}")
sys.exit(found != [3, 1, 1, 3])
PYTHON
