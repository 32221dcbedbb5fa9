// What may stand at the cursor: keywords, variables of the query, and the words of the data with what they mean.

const KEYWORDS = (
  "SELECT ASK CONSTRUCT DESCRIBE WHERE PREFIX BASE FROM NAMED GRAPH OPTIONAL MINUS UNION FILTER BIND VALUES UNDEF AS " +
  "DISTINCT REDUCED GROUP BY HAVING ORDER ASC DESC LIMIT OFFSET EXISTS NOT IN COUNT SUM MIN MAX AVG SAMPLE " +
  "GROUP_CONCAT SEPARATOR STR LANG LANGMATCHES DATATYPE BOUND IRI COALESCE IF REGEX CONTAINS STRSTARTS STRENDS " +
  "STRBEFORE STRAFTER STRLEN SUBSTR UCASE LCASE REPLACE CONCAT YEAR MONTH DAY ABS ROUND CEIL FLOOR isIRI isBlank " +
  "isLiteral isNumeric"
).split(" ");
const TYPES = { class: "class", property: "property", resource: "constant" };
const TOKEN = /(?:[?$][\w\u00c0-\uffff]*|(?:[A-Za-z_][\w-]*)?:[\w.-]*|[A-Za-z_][\w-]*)$/;
const AFTER_TYPE = /(?:^|\s|;)(?:a|rdf:type)\s+$/;
const AFTER_PREFIX = /PREFIX\s+$/i;
const COMMENT_OR_TEXT = /(?:#(?![^<\n]*>)[^\n]*|"[^"\n]*)$/;

/** Return the prefixes that a query declares, with what they stand for. */
export function listDeclared(text) {
  const found = {};
  for (const match of text.matchAll(/PREFIX\s+([A-Za-z][\w.-]*|):\s*<([^>]*)>/gi)) found[match[1]] = match[2];
  return found;
}

/** Return the line that declares the prefix of a name; empty where it is declared or unknown. */
export function declare(text, name, prefixes) {
  const end = name.indexOf(":");
  const prefix = name.slice(0, Math.max(0, end));
  if (end < 0 || name.startsWith("<") || !(prefix in prefixes) || prefix in listDeclared(text)) return "";
  return `PREFIX ${prefix}: <${prefixes[prefix]}>\n`;
}

function describe(term) {
  const uses = term.uses ? `Used ${term.uses} times.` : "";
  return [term.definition, uses].filter(Boolean).join(" ");
}

function rank(term, wantsClass) {
  const wanted = wantsClass ? "class" : "property";
  return (term.kind === wanted ? 50 : 0) + Math.min(20, Math.log2(1 + (term.uses || 0)));
}

/**
 * Return what may stand at the end of a text.
 *
 * @param before the query up to the cursor
 * @param after the query from there on
 * @param words prefixes and terms, as the server offers them
 * @param explicit whether the writer asks; else nothing is offered for an empty word
 * @returns where the word begins and the options, each with its name, kind, meaning and rank; nothing where none fits
 */
export function complete(before, after, words, explicit = false) {
  const line = before.slice(before.lastIndexOf("\n") + 1);
  if (COMMENT_OR_TEXT.test(line)) return null;
  const token = TOKEN.exec(before)?.[0] ?? "";
  const from = before.length - token.length;
  const lead = before.slice(0, from);
  if (AFTER_PREFIX.test(lead)) return { from, options: listPrefixes(words.prefixes) };
  if (!token && !explicit) return null;
  if (/^[?$]/.test(token)) return { from, options: listVariables(lead + " " + after) };
  const terms = words.terms.map((term) => ({
    name: term.name,
    detail: term.label ?? "",
    info: describe(term),
    type: TYPES[term.kind] ?? "text",
    rank: rank(term, AFTER_TYPE.test(lead)),
  }));
  if (token.includes(":")) {
    const start = token.slice(0, token.indexOf(":") + 1).toLowerCase();
    return { from, options: terms.filter((term) => term.name.toLowerCase().startsWith(start)) };
  }
  const keywords = KEYWORDS.map((name) => ({ name, detail: "", info: "", type: "keyword", rank: 60 }));
  return { from, options: [...keywords, ...terms] };
}

function listPrefixes(prefixes) {
  return Object.entries(prefixes).map(([prefix, start]) => ({
    name: `${prefix}: <${start}>`, detail: "", info: "", type: "namespace", rank: 0,
  }));
}

function listVariables(text) {
  const names = new Set([...text.matchAll(/[?$][A-Za-z_\u00c0-\uffff][\w\u00c0-\uffff]*/g)].map((match) => match[0]));
  return [...names].sort().map((name) => ({ name, detail: "", info: "", type: "variable", rank: 0 }));
}
