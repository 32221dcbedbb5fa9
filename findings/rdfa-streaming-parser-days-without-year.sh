#!/usr/bin/env bash
# Package:   rdfa-streaming-parser 3.0.2 (npm; the reader of RDFa in HTML of Comunica and rdf-parse)
# Guess:     a <time> whose datetime has a form of XML Schema gets that datatype, and any other is plain text (HTML+RDFa
#            1.1, section 3.1). HTML's days without a year, such as 12-25, have no form of XML Schema.
# Behaviour: two numbers with a hyphen are an xsd:gYearMonth, however few digits the first has, and whatever the second is.
#            Digits alone are an xsd:gYear. No error or warning tells.
# Seen:      12-25 is "12-25"^^xsd:gYearMonth, month 25 of the year 12, and 02-29 is month 29 of the year 2. 2024-02 is an
#            xsd:gYearMonth, and 10:00 is plain text.
# Matters:   holidays and birthdays without a year are published as months that do not exist. Checks of lexical forms
#            fail on correct HTML.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
npm install --silent --no-audit --no-fund --prefix "$folder" rdfa-streaming-parser@3.0.2
cd "$folder"
node --input-type=module - <<'JAVASCRIPT'
import {Readable} from 'node:stream';
import {RdfaParser} from 'rdfa-streaming-parser';

const expected = {'2024-02': 'gYearMonth', '12-25': 'gYearMonth', '02-29': 'gYearMonth', '10:00': 'string'};
let changed = false;
for (const [date, seen] of Object.entries(expected)) {
  const html = `<html><body prefix="ex: http://example.org/"><time property="ex:day" datetime="${date}">then</time></body></html>`;
  const parser = new RdfaParser({baseIRI: 'http://example.org/page', contentType: 'text/html'});
  for await (const {object} of Readable.from([html]).pipe(parser)) {
    const datatype = object.datatype.value.replace('http://www.w3.org/2001/XMLSchema#', '');
    console.log(`<time datetime="${date}"> -> "${object.value}"^^xsd:${datatype}`);
    changed ||= datatype !== seen || object.value !== date;
  }
}
process.exit(changed ? 1 : 0);
JAVASCRIPT
