#!/usr/bin/env bash
# Package:   jsonld-streaming-parser 5.0.1 (npm; the JSON-LD reader of Comunica and rdf-parse)
# Guess:     a JSON number without a fraction becomes an xsd:integer. One that is too large for JavaScript is rounded, as
#            JSON.parse does, but remains a number.
# Behaviour: an integer that a JavaScript number does not hold exactly becomes a plain string with all its digits. In the
#            same property, smaller integers have the datatype xsd:integer.
# Seen:      1234567890123456789 is an xsd:string, and 1234567890 an xsd:integer. If the context gives xsd:integer, both
#            are integers with all digits.
# Matters:   identifiers of posts and accounts have such sizes. Queries that filter or join by their numbers miss them,
#            and sh:datatype xsd:integer fails.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
npm install --silent --no-audit --no-fund --prefix "$folder" jsonld-streaming-parser@5.0.1
cd "$folder"
node --input-type=module - <<'JAVASCRIPT'
import {Readable} from 'node:stream';
import {JsonLdParser} from 'jsonld-streaming-parser';

const XSD = 'http://www.w3.org/2001/XMLSchema#';
const CONTEXT = `{"@vocab": "http://example.org/", "typed": {"@type": "${XSD}integer"}}`;
const expected = {
  'post 1234567890': 'integer',
  'post 9007199254740993': 'string',
  'post 1234567890123456789': 'string',
  'typed 1234567890123456789': 'integer',
};
let changed = false;
for (const [statement, seen] of Object.entries(expected)) {
  const [property, number] = statement.split(' ');
  const text = `{"@context": ${CONTEXT}, "@id": "http://example.org/test", "${property}": ${number}}`;
  for await (const {object} of Readable.from([text]).pipe(new JsonLdParser())) {
    const datatype = object.datatype.value.replace(XSD, '');
    console.log(`${property}: ${number} -> "${object.value}"^^xsd:${datatype}`);
    changed ||= datatype !== seen || object.value !== number;
  }
}
process.exit(changed ? 1 : 0);
JAVASCRIPT
