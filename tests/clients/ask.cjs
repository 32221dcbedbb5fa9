// Asks an endpoint with a JavaScript client: each line of standard input is a request as JSON, and each line of standard
// output what the client understood. CLIENTS names the package.json beside which the clients are installed.
"use strict";

const { createRequire } = require("node:module");
const { createInterface } = require("node:readline");

const load = createRequire(process.env.CLIENTS);

function value(term) {
  return term === undefined ? null : term.value;
}

function collect(stream, convert) {
  return new Promise((resolve, reject) => {
    const found = [];
    stream.on("data", (item) => found.push(convert(item)));
    stream.on("end", () => resolve(found));
    stream.on("error", reject);
  });
}

function triple(quad) {
  return [quad.subject.value, quad.predicate.value, quad.object.value];
}

async function askWithFetcher(request) {
  const { SparqlEndpointFetcher } = load("fetch-sparql-endpoint");
  const fetcher = new SparqlEndpointFetcher(request.options || {});
  const kind = fetcher.getQueryType(request.query);
  if (kind === "ASK") return fetcher.fetchAsk(request.endpoint, request.query);
  if (kind === "CONSTRUCT") {
    return collect(await fetcher.fetchTriples(request.endpoint, request.query), triple);
  }
  const rows = await fetcher.fetchBindings(request.endpoint, request.query);
  return collect(rows, (row) => Object.fromEntries(Object.entries(row).map(([name, term]) => [name, value(term)])));
}

async function askWithComunica(request) {
  const { QueryEngine } = load("@comunica/query-sparql");
  const engine = new QueryEngine();
  const source = request.type ? { type: request.type, value: request.endpoint } : request.endpoint;
  const result = await engine.query(request.query, { sources: [source] });
  const content = await result.execute();
  if (result.resultType === "boolean") return content;
  if (result.resultType === "quads") return collect(content, triple);
  return collect(content, (row) => Object.fromEntries([...row].map(([name, term]) => [name.value, term.value])));
}

async function main() {
  for await (const line of createInterface({ input: process.stdin })) {
    const request = JSON.parse(line);
    const ask = request.client === "comunica" ? askWithComunica : askWithFetcher;
    let answer;
    try {
      answer = await ask(request);
    } catch (error) {
      answer = { error: String(error.message) };
    }
    process.stdout.write(`${JSON.stringify(answer)}\n`);
  }
}

main();
