#!/usr/bin/env bash
# Package:   @comunica/query-sparql-rdfjs-lite 5.2.3 (npm; SPARQL engine, the operators of Comunica 5.4), with n3 2.13.12
# Guess:     strings are compared by their code points (SPARQL 1.1 Query, section 17.3, with fn:compare), so "Zeta" is
#            less than "alpha" on every machine.
# Behaviour: <, >, ORDER BY, MIN and MAX compare as the language of the process does, which comes from LC_ALL or LANG.
#            Capital letters come among the small ones, and letters with marks wherever that language has them.
# Seen:      of "Zeta", "alpha" and "äpple", FILTER(?name < "b") keeps alpha and äpple in English, and alpha only in
#            Swedish. By code points it would keep Zeta and alpha.
# Matters:   one query on the same data has different solutions on a laptop, in CI and on a server. Paging by name, where
#            the last name of one page begins the next, skips names if another engine made the first page.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
npm install --silent --no-audit --no-fund --prefix "$folder" @comunica/query-sparql-rdfjs-lite@5.2.3 n3@2.13.12
cd "$folder"
cat >query.mjs <<'JAVASCRIPT'
import {QueryEngine} from '@comunica/query-sparql-rdfjs-lite';
import {Parser, Store} from 'n3';

const store = new Store(new Parser().parse('<urn:s> <urn:name> "Zeta", "alpha", "äpple" .'));
const engine = new QueryEngine();
const answers = [];
for (const query of [
  'SELECT ?name { ?s <urn:name> ?name FILTER(?name < "b") } ORDER BY ?name',
  'SELECT (MAX(?n) AS ?name) { ?s <urn:name> ?n }',
]) {
  const rows = await (await engine.queryBindings(query, {sources: [store]})).toArray();
  answers.push(rows.map(row => row.get('name').value).join(' '));
}
console.log(answers.join(', last '));
JAVASCRIPT
english=$(LC_ALL=en_US.UTF-8 node query.mjs)
swedish=$(LC_ALL=sv_SE.UTF-8 node query.mjs)
echo "before b in English: $english"
echo "before b in Swedish: $swedish"
[ "$english" = "alpha äpple, last Zeta" ] && [ "$swedish" = "alpha, last äpple" ]
