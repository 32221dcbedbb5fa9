#!/usr/bin/env bash
# Package:   @jeswr/pretty-turtle 1.8.2 (npm; Turtle for people to read), with n3 2.13.12
# Guess:     a literal is abbreviated only if the short form is read as the same term. That is so for true and false, and
#            "1"^^xsd:boolean is written with its datatype.
# Behaviour: every xsd:boolean is written bare, "1" and "0" as well, which are valid lexical forms. Bare digits are an
#            xsd:integer in Turtle. No error or warning tells.
# Seen:      "1"^^xsd:boolean is written as 1 and read as "1"^^xsd:integer; "0" likewise. "true" stays a Boolean, and
#            "1"^^xsd:double stays a double.
# Matters:   some exporters write Booleans as 1 and 0. After their file has been formatted, it's other data: constraints
#            with sh:datatype xsd:boolean fail, and queries for true find less.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
npm install --silent --no-audit --no-fund --prefix "$folder" @jeswr/pretty-turtle@1.8.2 n3@2.13.12
cd "$folder"
node --input-type=module - <<'JAVASCRIPT'
import {Parser} from 'n3';
import {write} from '@jeswr/pretty-turtle';

const XSD = 'http://www.w3.org/2001/XMLSchema#';
const expected = [['true', 'boolean', 'boolean'], ['1', 'boolean', 'integer'], ['0', 'boolean', 'integer'], ['1', 'double', 'double']];
let changed = false;
for (const [form, type, seen] of expected) {
  const quads = new Parser().parse(`<http://example.org/claim> <http://example.org/is> "${form}"^^<${XSD}${type}> .`);
  const text = await write(quads);
  const [{object}] = new Parser().parse(text);
  const read = object.datatype.value.replace(XSD, '');
  console.log(`"${form}"^^xsd:${type} -> ${text.trim().split('\n').at(-1)} -> "${object.value}"^^xsd:${read}`);
  changed ||= object.value !== form || read !== seen;
}
process.exit(changed ? 1 : 0);
JAVASCRIPT
