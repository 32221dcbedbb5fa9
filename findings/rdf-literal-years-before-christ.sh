#!/usr/bin/env bash
# Package:   rdf-literal 2.0.0 (npm; values of literals for JavaScript), with literals of n3 2.13.12
# Guess:     fromRdf() reads a negative xsd:gYear, xsd:gYearMonth or xsd:date as a date before Christ. JavaScript dates
#            reach back more than 270,000 years, and a year that does not fit would be an invalid date.
# Behaviour: the minus is lost. The years -0001 to -0012 and -0032 to -0099 become years from 1950 to 2049, the years from
#            -0100 on positive ones. No error or warning tells. With validation, these valid literals raise an error.
# Seen:      -0044 is read as 2044, -0050 as 1950, -0753 as 753, and the date -0044-03-15 as 15 March 2044. The positive
#            year 0044 is read as 44.
# Matters:   ancient events move to timelines of today. The results are real dates, so no check for valid dates finds them.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
npm install --silent --no-audit --no-fund --prefix "$folder" rdf-literal@2.0.0 n3@2.13.12
cd "$folder"
node --input-type=module - <<'JAVASCRIPT'
import {DataFactory} from 'n3';
import {fromRdf} from 'rdf-literal';

// The lexical form, its datatype, the year that is read, and whether validation accepts the literal.
const expected = [
  ['0044', 'gYear', 44, true],
  ['-0044', 'gYear', 2044, false],
  ['-0050', 'gYear', 1950, false],
  ['-0753', 'gYear', 753, false],
  ['-0044-03', 'gYearMonth', 2044, false],
  ['-0044-03-15', 'date', 2044, false],
];
let changed = false;
for (const [form, type, seen, valid] of expected) {
  const literal = DataFactory.literal(form, DataFactory.namedNode(`http://www.w3.org/2001/XMLSchema#${type}`));
  const year = fromRdf(literal).getFullYear();
  let accepted = true;
  try {
    fromRdf(literal, true);
  } catch {
    accepted = false;
  }
  console.log(`"${form}"^^xsd:${type}: year ${year}; ${accepted ? 'passes' : 'fails'} validation`);
  changed ||= year !== seen || accepted !== valid;
}
process.exit(changed ? 1 : 0);
JAVASCRIPT
