#!/usr/bin/env bash
# Package:   maplib 0.20.26 (PyPI; RDF in data frames, written in Rust), beside pyoxigraph 0.5.13
# Guess:     reads() keeps every triple of valid Turtle. A literal may get another lexical form of the same value, and one
#            that a column can't hold raises an error.
# Behaviour: a literal whose lexical form maplib does not convert is left out with its triple, and no error or warning
#            tells. That includes valid forms of common datatypes: "1" and "0" of xsd:boolean, xsd:date with Z, and
#            xsd:integer beyond 64 bits.
# Seen:      of seven triples, four remain. pyoxigraph reads seven.
# Matters:   some exporters write Booleans as 1 and 0, and dates with Z. Their data looks complete after reading, but
#            counts, joins and validation of it are wrong.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet --disable-pip-version-check install maplib==0.20.26 pyoxigraph==0.5.13
"$folder/venv/bin/python" - <<'PYTHON'
import sys

import maplib
from pyoxigraph import RdfFormat, parse

DATA = """@prefix ex: <http://example.org/> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
ex:a ex:open true ; ex:day "2024-02-01"^^xsd:date ; ex:size 7 ; ex:label "first" .
ex:b ex:open "1"^^xsd:boolean ; ex:day "2024-02-01Z"^^xsd:date ; ex:size 123456789012345678901234567890 .
"""
model = maplib.Model()
model.reads(DATA, format="turtle")
kept = model.writes(format="ntriples").splitlines()
all_triples = list(parse(DATA, format=RdfFormat.TURTLE))
for triple in all_triples:
    found = any(line.startswith(f"{triple.subject} {triple.predicate} ") for line in kept)
    print(f"{triple.subject} {triple.predicate} {triple.object}: {'kept' if found else 'left out'}")
print(f"maplib {len(kept)} triples, pyoxigraph {len(all_triples)}")
sys.exit((len(kept), len(all_triples)) != (4, 7) or any("<http://example.org/b>" in line for line in kept))
PYTHON
