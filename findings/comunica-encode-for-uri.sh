#!/usr/bin/env bash
# Package:   @comunica/query-sparql-rdfjs-lite 5.2.3 (npm; SPARQL engine, the functions of Comunica 5.4), with n3 2.13.12
# Guess:     ENCODE_FOR_URI escapes all but letters, digits and -._~ (XPath functions, section 6.2), so that any name
#            becomes one segment of a path.
# Behaviour: the characters with a meaning in IRIs (/ ? # & = + and others) stay as they are, as in JavaScript's encodeURI.
#            Spaces, percent signs and letters beyond ASCII are escaped. No error or warning tells.
# Seen:      "AC/DC #1" becomes "AC/DC%20#1", so the IRI has a fragment "1". "a?b=c&d" comes back unchanged, and "R&D" too.
# Matters:   queries that make IRIs from names give other ones here, and names that differ after "#" or "?" share a
#            document. Parameters in a query string break at "&".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
npm install --silent --no-audit --no-fund --prefix "$folder" @comunica/query-sparql-rdfjs-lite@5.2.3 n3@2.13.12
cd "$folder"
node --input-type=module - <<'JAVASCRIPT'
import {QueryEngine} from '@comunica/query-sparql-rdfjs-lite';
import {Store} from 'n3';

const expected = {
  'Café 5%': 'Caf%C3%A9%205%25',
  'AC/DC #1': 'AC/DC%20#1',
  'a?b=c&d': 'a?b=c&d',
  'R&D': 'R&D',
};
const engine = new QueryEngine();
let changed = false;
for (const [name, seen] of Object.entries(expected)) {
  const query = `SELECT (ENCODE_FOR_URI("${name}") AS ?escaped) {}`;
  const [row] = await (await engine.queryBindings(query, {sources: [new Store()]})).toArray();
  const escaped = row.get('escaped').value;
  const right = encodeURIComponent(name);
  console.log(`ENCODE_FOR_URI("${name}"): ${escaped}${escaped === right ? '' : `, not ${right}`}`);
  changed ||= escaped !== seen;
}
process.exit(changed ? 1 : 0);
JAVASCRIPT
