#!/usr/bin/env bash
# Package:   rdf-validate-shacl 0.6.5 and shacl-engine 1.1.2 (npm; SHACL validators), data read with n3 2.13.12
# Guess:     sh:languageIn compares language tags as langMatches in SPARQL does: part by part, in any case (SHACL,
#            section 4.4.4). So "fi" accepts fi and fi-FI, but no other language, and "en-GB" accepts the tag en-GB.
# Behaviour: both compare the beginning of the tag, letter by letter and in this case, with the string in the shape. n3
#            reads every language tag in small letters, and leaves the string in the shape as it is.
# Seen:      a text in Filipino ("fil") conforms where only Finnish ("fi") is allowed. A text with the tag en-GB violates
#            sh:languageIn ("en-GB"), and conforms to sh:languageIn ("en-gb").
# Matters:   labels in a wrong language pass, and correct ones fail where shapes write regions as usual.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
npm install --silent --no-audit --no-fund --prefix "$folder" \
  rdf-validate-shacl@0.6.5 shacl-engine@1.1.2 n3@2.13.12 rdf-ext@2.6.0
cd "$folder"
node --input-type=module - <<'JAVASCRIPT'
import {Parser} from 'n3';
import rdf from 'rdf-ext';
import SHACLValidator from 'rdf-validate-shacl';
import {Validator} from 'shacl-engine';

const PREFIXES = '@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix ex: <http://example.org/> .\n';
const read = text => rdf.dataset(new Parser().parse(PREFIXES + text));
// The language that is allowed, the tag of the text, and whether it conforms.
const expected = [['fi', 'fi-FI', true], ['fi', 'fil', true], ['en-GB', 'en-GB', false], ['en-gb', 'en-GB', true]];
let changed = false;
for (const [allowed, tag, seen] of expected) {
  const shapes = read(`ex:shape a sh:NodeShape ; sh:targetNode ex:boat ;
    sh:property [ sh:path ex:label ; sh:languageIn ( "${allowed}" ) ] .`);
  const data = read(`ex:boat ex:label "Hulk"@${tag} .`);
  const first = (await new SHACLValidator(shapes).validate(data)).conforms;
  const second = (await new Validator(shapes, {factory: rdf}).validate({dataset: data})).conforms;
  console.log(`"${allowed}" allowed, tag ${tag}: conforms = ${first} (rdf-validate-shacl), ${second} (shacl-engine)`);
  changed ||= first !== seen || second !== seen;
}
process.exit(changed ? 1 : 0);
JAVASCRIPT
