// Reads files with JavaScript parsers. The arguments are pairs of a parser and a file. Each line of standard output is the
// statements that one parser found in one file, as JSON. CLIENTS names the package.json beside which the parsers are
// installed.
"use strict";

const { createReadStream } = require("node:fs");
const { createRequire } = require("node:module");

const load = createRequire(process.env.CLIENTS);

function write(term) {
  if (term.termType !== "Literal") return [term.termType, term.value];
  return [term.termType, term.value, term.datatype.value, term.language];
}

function open(name) {
  if (name === "jsonld-streaming-parser") {
    return new (load(name).JsonLdParser)({ streamingProfile: true });
  }
  return new (load("n3").StreamParser)();
}

async function read(name, file) {
  const statements = [];
  const parser = open(name);
  const input = createReadStream(file);
  input.on("error", (error) => parser.destroy(error));
  for await (const quad of input.pipe(parser)) {
    statements.push([quad.subject, quad.predicate, quad.object, quad.graph].map(write));
  }
  process.stdout.write(`${JSON.stringify(statements)}\n`);
}

async function main() {
  for (let at = 2; at < process.argv.length; at += 2) await read(process.argv[at], process.argv[at + 1]);
}

main();
