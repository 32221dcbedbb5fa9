import assert from "node:assert/strict";
import { test } from "node:test";

import { complete, declare, listDeclared } from "../src/completion.js";

const WORDS = {
  prefixes: { eild: "http://e/ontology#", agent: "http://e/id/agent/" },
  terms: [
    { name: "eild:Claim", iri: "http://e/ontology#Claim", kind: "class", label: "claim", definition: "A claim.", uses: 9 },
    { name: "eild:stance", iri: "http://e/ontology#stance", kind: "property", label: "has stance", uses: 9 },
    { name: "agent:china", iri: "http://e/id/agent/china", kind: "resource", label: "China" },
  ],
};

const names = (found) => found.options.map((option) => option.name);

test("after a prefix its words are offered, from where the name begins", () => {
  const before = "SELECT * { ?x eild:st";
  const found = complete(before, " ?y }", WORDS);
  assert.equal(found.from, before.length - "eild:st".length);
  assert.deepEqual(names(found), ["eild:Claim", "eild:stance"]);
});

test("after 'a' classes come first, elsewhere properties", () => {
  const best = (before) => [...complete(before, "", WORDS).options].sort((a, b) => b.rank - a.rank)[0].name;
  assert.equal(best("SELECT * { ?x a eild:"), "eild:Claim");
  assert.equal(best("SELECT * { ?x eild:"), "eild:stance");
});

test("variables of the whole query are offered, without the one that is being written", () => {
  const found = complete("SELECT ?who { ?who ?p ?w", " . ?what ?q ?who }", WORDS);
  assert.deepEqual(names(found), ["?p", "?q", "?what", "?who"]);
});

test("keywords and words are offered for letters, and a word says what it means and how often it is used", () => {
  const found = complete("SEL", "", WORDS);
  assert.ok(names(found).includes("SELECT"));
  const claim = found.options.find((option) => option.name === "eild:Claim");
  assert.equal(claim.info, "A claim. Used 9 times.");
  assert.equal(claim.detail, "claim");
});

test("after PREFIX whole declarations are offered", () => {
  assert.deepEqual(names(complete("PREFIX ei", "", WORDS)), ["eild: <http://e/ontology#>", "agent: <http://e/id/agent/>"]);
});

test("inside texts and comments, and for nothing, nothing is offered", () => {
  for (const before of ['SELECT * { ?x ?y "eild:', "# eild:", "SELECT * { "]) {
    assert.equal(complete(before, "", WORDS), null, before);
  }
  assert.ok(complete("SELECT * { ", "", WORDS, true));
  assert.ok(complete("PREFIX eild: <http://e/ontology#> ASK { ?x eild:", "", WORDS), "a # inside an IRI is no comment");
});

test("a prefix is declared once, and only if it is known", () => {
  assert.equal(declare("SELECT * {", "eild:Claim", WORDS.prefixes), "PREFIX eild: <http://e/ontology#>\n");
  assert.equal(declare("prefix eild: <http://other>\nSELECT * {", "eild:Claim", WORDS.prefixes), "");
  assert.equal(declare("SELECT * {", "other:x", WORDS.prefixes), "");
  assert.equal(declare("SELECT * {", "<http://e/x>", WORDS.prefixes), "");
  assert.equal(declare("SELECT * {", "SELECT", WORDS.prefixes), "");
  const empty = { "": "http://e/" };
  assert.equal(declare("SELECT * {", ":name", empty), "PREFIX : <http://e/>\n");
  for (const word of ["SELECT", "?x", "<http://e/x>"]) assert.equal(declare("SELECT * {", word, empty), "");
  assert.deepEqual(listDeclared("PREFIX a: <x>\nPREFIX : <y>"), { a: "x", "": "y" });
});

test("names with the empty prefix are completed", () => {
  const words = { prefixes: { "": "http://e/" }, terms: [{ name: ":boat", kind: "class" }, { name: "e:bow", kind: "class" }] };
  assert.deepEqual(names(complete("ASK { ?x a :bo", "", words)), [":boat"]);
  assert.deepEqual(names(complete("PREFIX ", "", words)), [": <http://e/>"]);
});
