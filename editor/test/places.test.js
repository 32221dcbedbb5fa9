import assert from "node:assert/strict";
import { test } from "node:test";

import { findEnd, findOffset } from "../src/places.js";

test("lines and columns count from 1, in characters", () => {
  assert.equal(findOffset("ab\ncd", 1, 1), 0);
  assert.equal(findOffset("ab\ncd", 2, 2), 4);
  assert.equal(findOffset("\u{1F600}x", 1, 2), 2, "a character beyond the basic plane is one column and two units");
});

test("places beyond the text are its nearest places", () => {
  assert.equal(findOffset("ab\ncd", 9, 9), 5);
  assert.equal(findOffset("ab\ncd", 1, 9), 2);
  assert.equal(findOffset("", 0, 0), 0);
});

test("a mark covers the word at its place, and at least something where there is anything", () => {
  const text = "ASK { ?x oa:exact }";
  assert.equal(text.slice(9, findEnd(text, 9)), "oa:exact");
  assert.equal(text.slice(4, findEnd(text, 4)), "{");
  assert.equal(findEnd(text, text.length), text.length);
});
