#!/usr/bin/env bash
# Package:   sparqlxml-parse 3.3.0 (npm; the reader of SPARQL results in XML of Comunica and fetch-sparql-endpoint)
# Guess:     the text of a <literal> is what XML makes of it: a CDATA section is text like any other, and a comment or a
#            processing instruction does not belong to it.
# Behaviour: CDATA sections are left out. Where anything splits the text, the last part alone remains. No error or
#            warning tells.
# Seen:      <![CDATA[R&D]]> gives an empty literal, "Research <![CDATA[& development]]>" gives "Research ", and
#            "one<!-- note -->two" gives "two". Python's XML parser gives all of the text.
# Matters:   endpoints and proxies that wrap text with markup characters in CDATA are valid XML. Their names and quotations
#            arrive shortened or empty, and every other value in the same row is right.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
npm install --silent --no-audit --no-fund --prefix "$folder" sparqlxml-parse@3.3.0
cat >"$folder/results.xml" <<'XML'
<?xml version="1.0"?>
<sparql xmlns="http://www.w3.org/2005/sparql-results#"><head><variable name="text"/></head><results>
<result><binding name="text"><literal>R&amp;D</literal></binding></result>
<result><binding name="text"><literal><![CDATA[R&D]]></literal></binding></result>
<result><binding name="text"><literal>Research <![CDATA[& development]]></literal></binding></result>
<result><binding name="text"><literal>one<!-- note -->two</literal></binding></result>
</results></sparql>
XML
cd "$folder"
node --input-type=module - >javascript.txt <<'JAVASCRIPT'
import {createReadStream} from 'node:fs';
import {SparqlXmlParser} from 'sparqlxml-parse';

for await (const {text} of new SparqlXmlParser().parseXmlResultsStream(createReadStream('results.xml'))) {
  console.log(JSON.stringify(text.value));
}
JAVASCRIPT
python3 - <<'PYTHON'
import json
import sys
from pathlib import Path
from xml.etree import ElementTree

here = [json.loads(line) for line in Path("javascript.txt").read_text().splitlines()]
there = [element.text for element in ElementTree.parse("results.xml").iter() if element.tag.endswith("}literal")]
for read, text in zip(here, there, strict=True):
    print(f"sparqlxml-parse {read!r}, Python {text!r}")
sys.exit(here != ["R&D", "", "Research ", "two"] or there != ["R&D", "R&D", "Research & development", "onetwo"])
PYTHON
