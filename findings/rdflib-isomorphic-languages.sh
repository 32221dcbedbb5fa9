#!/usr/bin/env bash
# Package:   RDFLib 7.6.0 (comparison of graphs), with pyoxigraph 0.5.13
# Guess:     graphs whose sets of triples are equal are isomorphic. That holds for "boat"@en-GB and "boat"@en-gb, which
#            RDFLib takes for equal, and which are one literal in RDF 1.2.
# Behaviour: compare.isomorphic() tells language tags apart by capital and small letters. Equality of literals and triples,
#            Graph.isomorphic() and compare.graph_diff() do not.
# Seen:      a file with @en-GB is read with RDFLib, and again after pyoxigraph has rewritten it, which makes the tag
#            en-gb. compare.isomorphic() is False, Graph.isomorphic() is True, and graph_diff() finds no difference. With
#            the tag en, all agree.
# Matters:   tests that compare a dump with its source fail after such a tool, and the difference that is asked for next
#            is empty. Which of two functions of one name a test calls decides its outcome.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet --disable-pip-version-check install rdflib==7.6.0 pyoxigraph==0.5.13
"$folder/venv/bin/python" - <<'PYTHON'
import sys

import pyoxigraph
from rdflib import Graph
from rdflib.compare import graph_diff, isomorphic

# Sets are equal, compare.isomorphic, Graph.isomorphic, and the number of triples in one graph only.
expected = {"en": (True, True, True, 0), "en-GB": (True, False, True, 0)}
changed = False
for tag, seen in expected.items():
    source = f'<http://example.org/a> <http://example.org/label> "boat"@{tag} .'
    quads = pyoxigraph.parse(source, format=pyoxigraph.RdfFormat.TURTLE)
    written = pyoxigraph.serialize(quads, format=pyoxigraph.RdfFormat.TURTLE).decode()
    before = Graph().parse(data=source, format="turtle")
    after = Graph().parse(data=written, format="turtle")
    _, removed, added = graph_diff(before, after)
    result = (set(before) == set(after), isomorphic(before, after), before.isomorphic(after), len(removed) + len(added))
    print(f"{tag}: sets equal {result[0]}, compare.isomorphic {result[1]}, Graph.isomorphic {result[2]}, {result[3]} differ")
    changed = changed or result != seen
sys.exit(changed)
PYTHON
