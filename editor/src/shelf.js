// Queries that a browser keeps: those that are open in tabs, and those that were saved under a name. Everything here
// works without a page: what is stored, what a file holds, and what happens if the storage is full, blocked or broken.

export const VERSION = 1;
export const FORMAT = "eild-queries";
const UNREADABLE = ".unreadable";

export const TROUBLES = {
  full: "The browser’s storage is full. This change lasts while the page is open: export the queries, or delete some.",
  blocked: "The browser allows no storage here. Queries are kept while this page is open: export those you need.",
  unreadable: "The queries stored in this browser could not be read. They were set aside, and the list begins anew.",
};

function isText(value) {
  return typeof value === "string";
}

/** Return what a stored text holds; an empty shelf for none. Throws an error if it is something else. */
export function parseShelf(text) {
  if (text === null) return { version: VERSION, open: "", tabs: [], saved: [] };
  const state = JSON.parse(text);
  const lists = [state?.tabs, state?.saved];
  if (state?.version !== VERSION || !lists.every(Array.isArray)) throw new TypeError("not a shelf of queries");
  const whole = lists.flat().every((item) => isText(item?.name) && isText(item?.text));
  if (!whole || !state.tabs.every((tab) => isText(tab.id))) throw new TypeError("not a shelf of queries");
  return { version: VERSION, open: isText(state.open) ? state.open : "", tabs: state.tabs, saved: state.saved };
}

/**
 * Return what reads and changes the shelf in a storage.
 *
 * Each change starts from what is stored now, so that several windows lose nothing of each other. What cannot be stored
 * is kept for the page.
 *
 * @param open returns the storage; may throw an error where it is blocked
 * @param key the name of the shelf in the storage
 */
export function makeKeeper(open, key) {
  let kept = null;
  let trouble = "";

  function read() {
    if (kept) return structuredClone(kept);
    let text = null;
    try {
      text = open().getItem(key);
    } catch {
      trouble = "blocked";
      kept = parseShelf(null);
      return parseShelf(null);
    }
    try {
      return parseShelf(text);
    } catch {
      trouble = "unreadable";
      try {
        open().setItem(key + UNREADABLE, text);
        open().removeItem(key);
      } catch {
        kept = parseShelf(null); // there is no place to set it aside, so that it must not be overwritten
      }
      return parseShelf(null);
    }
  }

  function change(mutate) {
    const state = read();
    mutate(state);
    if (kept && trouble === "unreadable") {
      kept = state;
      return state;
    }
    try {
      open().setItem(key, JSON.stringify(state));
      kept = null;
    } catch (error) {
      trouble = error?.name === "QuotaExceededError" ? "full" : "blocked";
      kept = state;
    }
    return state;
  }

  /** Return what is wrong since it was last asked, by its name in TROUBLES; an empty string if nothing is. */
  function takeTrouble() {
    const found = trouble;
    if (!(kept && trouble === "unreadable")) trouble = "";
    return found;
  }

  return { read, change, takeTrouble };
}

/** Return a name that is not taken: the wanted one, or that with a number. */
export function chooseName(wanted, taken) {
  const base = wanted.trim().replace(/\s+/g, " ") || "Query";
  if (!taken.includes(base)) return base;
  for (let number = 2; ; number += 1) {
    const name = `${base} (${number})`;
    if (!taken.includes(name)) return name;
  }
}

/** Return the name of a new tab: “Query” with the first number that none has. */
export function nameTab(taken) {
  for (let number = 1; ; number += 1) if (!taken.includes(`Query ${number}`)) return `Query ${number}`;
}

/** Return the text of a file with all saved queries. */
export function writeExport(saved) {
  const queries = saved.map(({ name, text }) => ({ name, query: text }));
  return `${JSON.stringify({ format: FORMAT, version: VERSION, queries }, null, 2)}\n`;
}

/** Return the name of a file for one query, without what file systems do not take. */
export function nameFile(name) {
  const plain = name.replace(/[\p{Cc}\p{Cf}/\\:*?"<>|]+/gu, " ").replace(/\s+/g, " ").replace(/^[. ]+|[. ]+$/g, "");
  return `${plain.slice(0, 100) || "query"}.rq`;
}

/**
 * Return the queries of a file: an export, a JSON object of names and queries, or the text of one query.
 *
 * Throws an error that says what is wrong with the file.
 */
export function readImport(text, file) {
  const content = text.replace(/^\ufeff/, "");
  if (!/\.json$/i.test(file)) {
    if (!content.trim()) throw new TypeError(`${file} is empty`);
    return [{ name: file.replace(/\.(rq|sparql|txt)$/i, ""), text: content }];
  }
  let data;
  try {
    data = JSON.parse(content);
  } catch {
    throw new TypeError(`${file} is not JSON`);
  }
  const list = Array.isArray(data) ? data : (data?.queries ?? Object.entries(data ?? {}));
  const found = (Array.isArray(list) ? list : []).map((item) =>
    Array.isArray(item) ? { name: item[0], text: item[1] } : { name: item?.name, text: item?.query ?? item?.text },
  );
  if (!found.length || !found.every((item) => isText(item.name) && isText(item.text))) {
    throw new TypeError(`${file} contains no queries: an export has members “name” and “query”`);
  }
  return found;
}

/** Add queries to saved ones: what is there already is left out, and a name that is taken gets a number. */
export function addQueries(saved, queries) {
  let added = 0;
  for (const { name, text } of queries) {
    const same = saved.some((item) => item.text === text && item.name.replace(/ \(\d+\)$/, "") === name.trim());
    if (same) continue;
    saved.push({ name: chooseName(name, saved.map((item) => item.name)), text });
    added += 1;
  }
  return added;
}
