import assert from "node:assert/strict";
import { test } from "node:test";

import {
  addQueries, chooseName, makeKeeper, nameFile, nameTab, parseShelf, readImport, writeExport,
} from "../src/shelf.js";

/** A storage with a bound on its size, as browsers have. */
class Storage {
  constructor(most = Infinity) {
    this.items = new Map();
    this.most = most;
  }
  getItem(key) { return this.items.get(key) ?? null; }
  removeItem(key) { this.items.delete(key); }
  setItem(key, value) {
    if (value.length > this.most) throw new DOMException("full", "QuotaExceededError");
    this.items.set(key, value);
  }
}

const save = (keeper, name, text = "ASK {}") => keeper.change((state) => state.saved.push({ name, text }));
const names = (keeper) => keeper.read().saved.map((item) => item.name);

test("what is saved is there for the next page, and changes of two windows are both kept", () => {
  const storage = new Storage();
  const [one, other] = [makeKeeper(() => storage, "q"), makeKeeper(() => storage, "q")];
  save(one, "a");
  save(other, "b");
  assert.deepEqual(names(one), ["a", "b"]);
  assert.equal(one.takeTrouble(), "");
  assert.deepEqual(names(makeKeeper(() => storage, "q")), ["a", "b"]);
});

test("a full storage keeps the change for the page and says so, until there is room", () => {
  const storage = new Storage(200);
  const keeper = makeKeeper(() => storage, "q");
  save(keeper, "small");
  save(keeper, "large", "x".repeat(300));
  assert.equal(keeper.takeTrouble(), "full");
  assert.deepEqual(names(keeper), ["small", "large"]);
  assert.deepEqual(names(makeKeeper(() => storage, "q")), ["small"]);
  keeper.change((state) => state.saved.pop());
  assert.equal(keeper.takeTrouble(), "");
  save(keeper, "more");
  assert.deepEqual(names(makeKeeper(() => storage, "q")), ["small", "more"]);
});

test("a blocked storage keeps everything for the page", () => {
  const keeper = makeKeeper(() => { throw new DOMException("denied", "SecurityError"); }, "q");
  save(keeper, "a");
  save(keeper, "b");
  assert.deepEqual(names(keeper), ["a", "b"]);
  assert.equal(keeper.takeTrouble(), "blocked");
});

test("what cannot be read is set aside, not overwritten", () => {
  for (const broken of ["{", "null", "[]", '{"version": 2, "tabs": [], "saved": []}', '{"version": 1, "tabs": [{}], "saved": []}']) {
    const storage = new Storage();
    storage.items.set("q", broken);
    const keeper = makeKeeper(() => storage, "q");
    assert.deepEqual(names(keeper), []);
    assert.equal(keeper.takeTrouble(), "unreadable");
    save(keeper, "a");
    assert.deepEqual(names(makeKeeper(() => storage, "q")), ["a"]);
    assert.equal(storage.items.get("q.unreadable"), broken);
  }
  const full = new Storage(0);
  full.items.set("q", "{");
  const keeper = makeKeeper(() => full, "q");
  save(keeper, "a");
  assert.deepEqual(names(keeper), ["a"]);
  assert.equal(full.items.get("q"), "{", "without a place to set it aside it stays where it is");
});

test("an empty shelf is one without tabs and queries", () => {
  assert.deepEqual(parseShelf(null), { version: 1, open: "", tabs: [], saved: [] });
});

test("names are unique, and tabs are numbered", () => {
  assert.equal(chooseName("  a \n b ", []), "a b");
  assert.equal(chooseName("a", ["a", "a (2)"]), "a (3)");
  assert.equal(chooseName(" ", []), "Query");
  assert.equal(nameTab(["Query 1", "Query 3"]), "Query 2");
});

test("an export is read back, and what is there already is not added twice", () => {
  const saved = [{ name: "a", text: "ASK {}\n# “é” \u{1F600}" }, { name: "b", text: "" }];
  const read = readImport(writeExport(saved), "queries.json");
  assert.deepEqual(read, saved);
  const mine = [{ name: "a", text: "ASK { ?s ?p ?o }" }];
  assert.equal(addQueries(mine, read), 2);
  assert.deepEqual(mine.map((item) => item.name), ["a", "a (2)", "b"]);
  assert.equal(addQueries(mine, read), 0);
});

test("other files are read too: a query, a list, and an object of names", () => {
  assert.deepEqual(readImport("\ufeffASK {}", "my query.rq"), [{ name: "my query", text: "ASK {}" }]);
  assert.deepEqual(readImport('[{"name": "a", "text": "ASK {}"}]', "x.json"), [{ name: "a", text: "ASK {}" }]);
  assert.deepEqual(readImport('{"a": "ASK {}"}', "x.JSON"), [{ name: "a", text: "ASK {}" }]);
});

test("a file that is none is refused with what is wrong", () => {
  assert.throws(() => readImport(" \n", "x.rq"), /x\.rq is empty/);
  assert.throws(() => readImport("{", "x.json"), /x\.json is not JSON/);
  for (const text of ["null", "3", "[]", "{}", '[{"name": 1, "query": "ASK {}"}]', '{"queries": 5}', '{"a": {}}']) {
    assert.throws(() => readImport(text, "x.json"), /x\.json contains no queries/, text);
  }
});

test("a file is named after its query, without what file systems do not take", () => {
  assert.equal(nameFile("Stances by year"), "Stances by year.rq");
  assert.equal(nameFile("../a/b: c?\n"), "a b c.rq");
  assert.equal(nameFile("\u202e"), "query.rq");
});
