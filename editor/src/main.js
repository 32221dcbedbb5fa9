// The page of a query with a script: an editor over its text area, and answers without loading the page anew. What is
// shown is what the server makes: the answer is taken out of the same page that the form would lead to.

import { buildDesk } from "./desk.js";
import { mountField } from "./field.js";

const LONGEST_ADDRESS = 6000; // longer queries are sent in the body, and have no address
const form = document.getElementById("query");
const area = document.getElementById("query-text");
const REGIONS = ["problem", "answer"];
let words;

/** Load the words of the data, once; without them the editor completes keywords and variables. */
function loadWords() {
  words ??= fetch(form.dataset.terms, { headers: { Accept: "application/json" } })
    .then((response) => (response.ok ? response.json() : Promise.reject(new Error(response.statusText))))
    .catch(() => ({ prefixes: {}, terms: [] }));
  return words;
}

function makeAddress() {
  return `${form.action}?${new URLSearchParams(new FormData(form))}`;
}

/** Return what a page shows of an answer, to be put into the place of another. */
function take(page, address) {
  const regions = REGIONS.map((id) => [...(page.getElementById(id)?.childNodes ?? [])]);
  return { address, title: page.title, regions };
}

/** Show an answer in the place of this page's. */
function put(answer) {
  REGIONS.forEach((id, number) => document.getElementById(id).replaceChildren(...answer.regions[number]));
  document.title = answer.title;
}

/** Show the answer of another page; the site's script adds what it adds elsewhere. */
function swap(answer) {
  put(answer);
  for (const id of REGIONS) document.getElementById(id).dispatchEvent(new Event("eild:shown", { bubbles: true }));
}

/** Say that no answer came, in the words of the page. */
function showFailure(error) {
  const text = document.createElement("p");
  text.textContent = `The server did not answer (${error.message}). The query is kept; try again.`;
  text.setAttribute("role", "alert");
  document.getElementById("problem").replaceChildren(text);
  document.getElementById("answer").replaceChildren();
}

/** Mark in the editor what the page says is wrong, or nothing. */
function markProblem() {
  const mistake = document.querySelector("#problem [data-line]");
  field.unmark();
  if (Number(mistake?.dataset.line)) {
    field.mark(Number(mistake.dataset.line), Number(mistake.dataset.column), mistake.dataset.detail);
  }
}

/** Fetch a page of this service and show its answer; its address becomes the address of this page. */
async function show(address, options = {}) {
  document.getElementById("answer").setAttribute("aria-busy", "true");
  const tab = desk.active();
  desk.settle();
  const began = performance.now();
  try {
    const response = await fetch(address, { ...options, headers: { Accept: "text/html" } });
    const text = await response.text();
    const elapsed = Math.max(1, Math.round(performance.now() - began));
    const answer = take(new DOMParser().parseFromString(text, "text/html"), options.method ? "" : address);
    if (desk.active() !== tab) return void answers.set(tab, { ...answer, isNew: true }); // the reader went on to another query
    swap(answer);
    const place = document.querySelector("[data-elapsed]");
    if (place) place.textContent = ` in ${elapsed} ms`;
    if (!options.method) history.pushState({ query: area.value }, "", address);
    markProblem();
    const heading = document.getElementById("answer-title") ?? document.getElementById("problem-title");
    heading?.setAttribute("tabindex", "-1");
    heading?.focus();
  } catch (error) {
    if (desk.active() === tab) showFailure(error);
  } finally {
    document.getElementById("answer").removeAttribute("aria-busy");
  }
}

function run() {
  const address = makeAddress();
  if (address.length <= LONGEST_ADDRESS) return show(address);
  return show(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)) });
}

/** Whether a click on a link is to be followed by the browser itself. */
function isPlainClick(event) {
  return !(event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey);
}

const field = mountField(area, loadWords, run);
const toggle = form.querySelector("[data-toggle]");
const share = form.querySelector("[data-share]");

function setPlain(plain) {
  if (!plain) field.read(area.value);
  field.host.hidden = plain;
  area.hidden = !plain;
  toggle.textContent = plain ? "Form with editor" : "Form without editor";
}

const answers = new Map(); // of the tabs that are not shown
const desk = buildDesk({
  strip: document.querySelector("[data-strip]"),
  panel: document.querySelector("[data-saved]"),
  key: `queries:${new URL(form.action).pathname}`,
  text: area.value,
  isAddressed: /[?&](query|example)=/.test(window.location.search),
  show(text) {
    area.value = text;
    if (area.hidden) field.open(text);
    share.href = makeAddress();
  },
  leave(id) {
    const answer = take(document, window.location.href);
    if (id) answers.set(id, answer);
  },
  enter(id) {
    const nothing = { address: "", title: document.title.replace(/^Query failed/, "Query"), regions: [[], []] };
    const answer = answers.get(id) ?? nothing;
    (answer.isNew ? swap : put)(answer);
    history.replaceState(null, "", answer.address || form.action);
    markProblem();
  },
});

setPlain(false);
toggle.hidden = false;
for (const note of form.querySelectorAll("[data-editor]")) note.hidden = false;
toggle.addEventListener("click", () => setPlain(!area.hidden ? false : true));
form.querySelector("label[for='query-text']").addEventListener("click", () => { if (area.hidden) field.focus(); });
area.addEventListener("input", () => {
  share.href = makeAddress();
  desk.note(area.value);
});
form.addEventListener("submit", (event) => { event.preventDefault(); run(); });
document.addEventListener("click", (event) => {
  const link = event.target instanceof Element ? event.target.closest("a[href]") : null;
  if (!link || !isPlainClick(event)) return;
  if (link.matches("[data-goto]")) { event.preventDefault(); if (area.hidden) field.focus(); else area.focus(); }
  if (link.matches("#answer .tabs a")) { event.preventDefault(); show(link.href); }
});
window.addEventListener("popstate", () => window.location.reload());
markProblem();
