#!/usr/bin/env bash
# Package:   PyLD 3.3.0 (JSON-LD processor for Python), beside pyoxigraph 0.5.13
# Guess:     from_rdf() reads the N-Quads that to_rdf() has written, and values are the same afterwards.
# Behaviour: to_rdf() writes valid N-Quads, but from_rdf() replaces the escapes one kind after the other. A backslash in
#            a value, which is written as two, forms an escape with the letter n, r or t that follows it.
# Seen:      a value of the type @json with a line break in a string is written and can't be read any more: "invalid JSON
#            literal". The formula \nu becomes a backslash, a line break and "u". pyoxigraph reads both as they were.
# Matters:   every JSON literal with text of several lines, every formula in LaTeX and every path of Windows is at risk,
#            and normalize() of N-Quads computes another hash than other tools.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet --disable-pip-version-check install pyld==3.3.0 pyoxigraph==0.5.13
"$folder/venv/bin/python" - <<'PYTHON'
import json
import sys

import pyoxigraph
from pyld import jsonld

NAME = "http://example.org/value"
FORMAT = {"format": "application/n-quads"}


def write(value):
    return jsonld.to_rdf({"@id": "http://example.org/test", NAME: value}, FORMAT)


def read(text):
    try:
        return jsonld.from_rdf(text)[0][NAME][0]["@value"]
    except jsonld.JsonLdError as error:
        return error.code


changed = False
for value, seen in (({"text": "two\nlines"}, "invalid JSON literal"), ("\\nu", "\\\nu"), ("\\alpha", "\\alpha")):
    is_json = not isinstance(value, str)
    text = write({"@type": "@json", "@value": value} if is_json else value)
    here = read(text)
    (quad,) = pyoxigraph.parse(text, format=pyoxigraph.RdfFormat.N_QUADS)
    there = json.loads(quad.object.value) if is_json else quad.object.value
    print(f"{value!r}: PyLD {here!r}, pyoxigraph {there!r}")
    changed = changed or here != seen or there != value
sys.exit(changed)
PYTHON
