// The desk of the query page: tabs for several queries, and queries saved under a name, in the browser's storage.
// It is built by script alone; without one the page is a form.

import {
  addQueries, chooseName, makeKeeper, nameFile, nameTab, readImport, TROUBLES, writeExport,
} from "./shelf.js";

const UNNAMED = /^Query \d+$/;
const WAIT = 250; // milliseconds without a key until what is written is stored

/** Return an element with properties, attributes where their name has a hyphen, and children. */
function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name.includes("-")) element.setAttribute(name, value);
    else element[name] = value;
  }
  element.append(...children);
  return element;
}

function makeButton(text, act, properties = {}) {
  const button = make("button", { type: "button", className: "quiet", textContent: text, ...properties });
  button.addEventListener("click", act);
  return button;
}

/** Have the browser save a text as a file. */
function download(name, type, text) {
  const link = make("a", { href: URL.createObjectURL(new Blob([text], { type })), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

/**
 * Build the desk.
 *
 * @param page places for tabs and saved queries, the key of the storage, the text that the page shows, whether its
 *   address has a query, and what happens on it: show(text) writes a query, leave(id) and enter(id) change the tab
 * @returns what the page tells the desk: note(text) what was written, settle() that it was run, and the open tab's id
 */
export function buildDesk(page) {
  const keeper = makeKeeper(() => window.localStorage, page.key);
  let { tabs, saved, open } = keeper.read();
  let timer;

  const strip = make("ul");
  const list = make("ul", { className: "saved-list" });
  const count = make("span", { className: "count" });
  const name = make("input", { id: "query-name", autocomplete: "off", maxLength: 200 });
  const status = make("p", { className: "note" });
  status.setAttribute("role", "status");

  const current = () => tabs.find((tab) => tab.id === open);

  function say(text, undo) {
    status.replaceChildren(text);
    if (undo) status.append(" ", makeButton("Undo", () => { undo(); say("Undone."); }));
  }

  /** Change what is stored, and say so if it could not be stored. */
  function change(mutate, said = "", undo = undefined) {
    const state = keeper.change(mutate);
    saved = state.saved;
    const trouble = keeper.takeTrouble();
    if (trouble && (said || trouble !== "blocked")) say(TROUBLES[trouble], undo);
    else if (said) say(said, undo);
    drawSaved();
  }

  /** Store a tab as it is now, at a place if it is not there yet. */
  function keepTab(tab, place = Infinity) {
    change((state) => {
      const known = state.tabs.findIndex((other) => other.id === tab.id);
      if (known < 0) state.tabs.splice(place, 0, tab);
      else state.tabs[known] = tab;
      state.open = open;
    });
  }

  function flush() {
    if (!timer) return;
    clearTimeout(timer);
    timer = undefined;
    if (current()) keepTab(current());
  }

  function addTab(text, title, edited) {
    const tab = { id: crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`, name: title, text, edited };
    tabs.push(tab);
    return tab;
  }

  function drawTabs() {
    const items = tabs.map((tab) => {
      const button = makeButton(tab.name, () => choose(tab.id), { className: "tab" });
      if (tab.id === open) button.setAttribute("aria-current", "true");
      const close = makeButton("×", () => closeTab(tab.id), { className: "close", "aria-label": `Close ${tab.name}` });
      return make("li", {}, button, ...(tabs.length > 1 ? [close] : []));
    });
    const add = makeButton("New query", () => {
      flush();
      const tab = addTab("", nameTab(tabs.map((other) => other.name)), false);
      choose(tab.id);
      keepTab(tab);
    }, { className: "tab" });
    strip.replaceChildren(...items, make("li", {}, add));
    name.value = UNNAMED.test(current().name) ? "" : current().name;
  }

  function choose(id) {
    if (id !== open) {
      flush();
      page.leave(open);
      open = id;
      page.show(current().text);
      page.enter(id);
      change((state) => { state.open = id; });
    }
    drawTabs();
    strip.querySelector("[aria-current]")?.focus();
  }

  function closeTab(id) {
    flush();
    const place = tabs.findIndex((tab) => tab.id === id);
    const [tab] = tabs.splice(place, 1);
    if (id === open) {
      page.leave("");
      open = tabs[Math.max(0, place - 1)].id;
      page.show(current().text);
      page.enter(open);
    }
    change((state) => {
      state.tabs = state.tabs.filter((other) => other.id !== id);
      state.open = open;
    }, `Closed “${tab.name}”.`, () => {
      tabs.splice(place, 0, tab);
      keepTab(tab, place);
      choose(tab.id);
    });
    drawTabs();
    strip.querySelector("[aria-current]")?.focus();
  }

  /** Show a query in its own tab; what was not edited gives way. */
  function openQuery(text, title) {
    flush();
    const found = tabs.find((tab) => tab.text === text && tab.name === title);
    if (found) return choose(found.id);
    if (current().edited) return choose(keepAndReturn(addTab(text, title, false)).id);
    Object.assign(current(), { text, name: title });
    page.leave("");
    page.show(text);
    page.enter("");
    keepTab(current());
    drawTabs();
  }

  function keepAndReturn(tab) {
    keepTab(tab);
    return tab;
  }

  /** Change the saved queries, in a way that can be undone. */
  function changeSaved(mutate, said) {
    const before = structuredClone(keeper.read().saved);
    change((state) => mutate(state.saved), said, () => change((state) => { state.saved = before; }));
  }

  function save() {
    flush();
    const tab = current();
    const title = chooseName(name.value || tab.name, []);
    const known = keeper.read().saved.some((item) => item.name === title);
    changeSaved((items) => {
      const item = items.find((other) => other.name === title);
      if (item) item.text = tab.text;
      else items.push({ name: title, text: tab.text });
    }, known ? `Replaced “${title}”.` : `Saved “${title}”.`);
    Object.assign(tab, { name: title, edited: false });
    keepTab(tab);
    drawTabs();
    panel.open = true;
  }

  function rename(item, row) {
    const field = make("input", { value: item.name, maxLength: 200, "aria-label": `New name of ${item.name}` });
    const finish = (renames) => {
      if (renames && field.value.trim() && field.value.trim() !== item.name) {
        const others = saved.map((other) => other.name).filter((other) => other !== item.name);
        const title = chooseName(field.value, others);
        changeSaved((items) => {
          for (const other of items) if (other.name === item.name) other.name = title;
        }, `Renamed “${item.name}” to “${title}”.`);
        focusRow(title);
      } else {
        drawSaved();
        focusRow(item.name);
      }
    };
    const form = make("form", { className: "actions" }, field, make("button", { textContent: "Rename" }),
      makeButton("Cancel", () => finish(false)));
    form.addEventListener("submit", (event) => { event.preventDefault(); finish(true); });
    form.addEventListener("keydown", (event) => { if (event.key === "Escape") finish(false); });
    row.replaceChildren(form);
    field.select();
  }

  function focusRow(title) {
    [...list.querySelectorAll(".open")].find((button) => button.textContent === title)?.focus();
  }

  function drawSaved() {
    count.textContent = String(saved.length);
    exports.hidden = !saved.length;
    list.replaceChildren(...saved.map((item) => {
      const row = make("li");
      const remove = () => {
        changeSaved((items) => items.splice(items.findIndex((other) => other.name === item.name), 1),
          `Deleted “${item.name}”.`);
        panel.querySelector("summary").focus();
      };
      row.append(
        makeButton(item.name, () => openQuery(item.text, item.name), { className: "open" }),
        makeButton("Rename", () => rename(item, row), { "aria-label": `Rename ${item.name}` }),
        makeButton("Delete", remove, { "aria-label": `Delete ${item.name}` }),
        makeButton(".rq", () => download(nameFile(item.name), "application/sparql-query", item.text),
          { "aria-label": `.rq file of ${item.name}` }),
      );
      return row;
    }));
  }

  async function importFiles(files) {
    const found = [];
    const wrong = [];
    for (const file of files) {
      try {
        found.push(...readImport(await file.text(), file.name));
      } catch (error) {
        wrong.push(error.message);
      }
    }
    let added = 0;
    const said = () => [
      ...wrong.map((text) => `${text}.`),
      ...(found.length ? [`${added} imported, ${found.length - added} already there.`] : []),
    ].join(" ");
    if (!found.length) return say(said());
    const before = structuredClone(keeper.read().saved);
    change((state) => { added = addQueries(state.saved, found); });
    const text = said();
    change(() => {}, text, () => change((state) => { state.saved = before; }));
  }

  const exports = makeButton("Export all as JSON", () => download("queries.json", "application/json", writeExport(saved)));
  const picker = make("input", { type: "file", multiple: true, accept: ".json,.rq,.sparql,.txt", id: "query-import" });
  picker.addEventListener("change", async () => {
    await importFiles([...picker.files]);
    picker.value = "";
  });
  const saving = make("form", { className: "actions" },
    make("p", { className: "field" }, make("label", { htmlFor: name.id, textContent: "Name" }), name),
    make("button", { textContent: "Save this query" }));
  saving.addEventListener("submit", (event) => { event.preventDefault(); save(); });
  const panel = make("details", { className: "saved" },
    make("summary", {}, "Saved queries ", count),
    make("p", { className: "note", textContent: "Saved in this browser only." }),
    saving, list,
    make("div", { className: "actions" }, exports,
      make("p", { className: "field" }, make("label", { htmlFor: picker.id, textContent: "Import JSON or .rq files" }), picker)));

  function begin() {
    const known = tabs.find((tab) => tab.text === page.text);
    const last = current() ?? tabs.at(-1);
    if (page.isAddressed && known) {
      open = known.id;
    } else if (page.isAddressed && last && !last.edited) {
      const others = tabs.filter((tab) => tab !== last).map((tab) => tab.name);
      open = Object.assign(last, { text: page.text, name: UNNAMED.test(last.name) ? last.name : nameTab(others) }).id;
    } else if (page.isAddressed || !last) {
      open = addTab(page.text, nameTab(tabs.map((tab) => tab.name)), false).id;
    } else {
      open = last.id;
      if (last.text !== page.text) page.show(last.text);
    }
  }

  begin();
  page.strip.append(strip);
  page.strip.hidden = false;
  page.panel.append(status, panel);
  page.panel.hidden = false;
  drawTabs();
  drawSaved();
  const trouble = keeper.takeTrouble();
  if (trouble === "unreadable") say(TROUBLES[trouble]);
  window.addEventListener("pagehide", flush);
  window.addEventListener("storage", (event) => {
    if (event.key !== page.key && event.key !== null) return;
    const state = keeper.read();
    saved = state.saved;
    const mine = tabs.filter((tab) => tab.id === open || !state.tabs.some((other) => other.id === tab.id));
    tabs = [...state.tabs.filter((tab) => tab.id !== open), ...mine];
    drawTabs();
    drawSaved();
  });

  return {
    active: () => open,
    note(text) {
      const tab = current();
      if (tab.text === text) return;
      Object.assign(tab, { text, edited: true });
      clearTimeout(timer);
      timer = setTimeout(flush, WAIT);
    },
    settle() {
      flush();
      if (!current().edited) return;
      current().edited = false;
      keepTab(current());
    },
  };
}
