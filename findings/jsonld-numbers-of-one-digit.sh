#!/usr/bin/env bash
# Package:   jsonld 9.0.0 (npm; JSON-LD processor for JavaScript), beside PyLD 3.3.0
# Guess:     a JSON number with a fraction becomes an xsd:double, however small it is, and however it is written
#            (JSON-LD 1.1 API, section 8.6).
# Behaviour: a number below 0.000001 with one significant digit, such as 1e-7 or 0.0000005, becomes the xsd:integer 0.
#            With a second digit that is not 0, or as 0.000001, it's an xsd:double. With the datatype xsd:decimal, it
#            becomes "0" as well. No error or warning tells.
# Seen:      5e-7 is "0"^^xsd:integer, -5e-7 is "-0", and 1.5e-7 is "1.5E-7"^^xsd:double. PyLD makes doubles of all.
# Matters:   tolerances, thresholds and p-values are mostly such round numbers, and are published as 0.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
npm install --silent --no-audit --no-fund --prefix "$folder" jsonld@9.0.0
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet --disable-pip-version-check install pyld==3.3.0
cat >"$folder/numbers.json" <<'JSON'
{"@context": {"@vocab": "http://example.org/", "typed": {"@type": "http://www.w3.org/2001/XMLSchema#decimal"}},
 "@id": "http://example.org/test", "a": 5e-7, "b": -5e-7, "c": 0.0000001, "d": 1.5e-7, "e": 0.000001, "typed": 2e-9}
JSON
cd "$folder"
node --input-type=module - >javascript.nq <<'JAVASCRIPT'
import {readFileSync} from 'node:fs';
import jsonld from 'jsonld';

const document = JSON.parse(readFileSync('numbers.json', 'utf8'));
process.stdout.write(await jsonld.toRDF(document, {format: 'application/n-quads'}));
JAVASCRIPT
venv/bin/python - <<'PYTHON'
import json
import re
import sys
from pathlib import Path

from pyld import jsonld


def read(text):
    return {name: (value, kind) for name, value, kind in re.findall(r'org/(\w+)> "(.*)"\^\^<.*#(\w+)> \.', text)}


here = read(Path("javascript.nq").read_text())
there = read(jsonld.to_rdf(json.loads(Path("numbers.json").read_text()), {"format": "application/n-quads"}))
for name in here:
    print(f"{name}: jsonld {here[name]}, PyLD {there[name]}")
sys.exit(
    here != {
        "a": ("0", "integer"), "b": ("-0", "integer"), "c": ("0", "integer"),
        "d": ("1.5E-7", "double"), "e": ("1.0E-6", "double"), "typed": ("0", "decimal"),
    }
    or {there[name][1] for name in "abcde"} != {"double"}
)
PYTHON
