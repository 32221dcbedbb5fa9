#!/usr/bin/env bash
# Package:   rdf-string-ttl 2.0.1 (npm; RDF terms as strings in the syntax of Turtle), beside n3 2.13.12
# Guess:     stringToTerm() is the inverse of termToString(), for every literal. It reads a literal as Turtle does.
# Behaviour: termToString() escapes line breaks, tabs and backslashes, and stringToTerm() removes the escapes of quotation
#            marks only. The others remain in the text as they are written.
# Seen:      a quotation of two lines comes back as one line with a backslash and an "n" in it, and is not equal to the
#            first literal. A second round doubles the backslash. n3 reads the same string as two lines.
# Matters:   terms that are kept as strings, in a cache, a URL or JSON, return with other words. Joins with the original
#            data find nothing, and quotations are no longer verbatim.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
npm install --silent --no-audit --no-fund --prefix "$folder" rdf-string-ttl@2.0.1 n3@2.13.12
cd "$folder"
node --input-type=module - <<'JAVASCRIPT'
import {DataFactory, Parser} from 'n3';
import {stringToTerm, termToString} from 'rdf-string-ttl';

// The text, what comes back after one round, and after two.
const expected = [
  ['she said "no"', 'she said "no"', 'she said "no"'],
  ['first\nsecond', 'first\\nsecond', 'first\\\\nsecond'],
  ['tab\there', 'tab\\there', 'tab\\\\there'],
  ['C:\\data\n', 'C:\\\\data\\n', 'C:\\\\\\\\data\\\\n'],
];
let changed = false;
for (const [text, once, twice] of expected) {
  const string = termToString(DataFactory.literal(text, 'en'));
  const first = stringToTerm(string);
  const second = stringToTerm(termToString(first));
  const [{object}] = new Parser().parse(`<urn:s> <urn:p> ${string} .`);
  const show = JSON.stringify;
  console.log(`${show(text)}: once ${show(first.value)}, twice ${show(second.value)}, n3 ${show(object.value)}`);
  changed ||= first.value !== once || second.value !== twice || object.value !== text;
}
process.exit(changed ? 1 : 0);
JAVASCRIPT
