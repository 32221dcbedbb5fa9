// Names that go on from what is typed into a search field, in the list that the browser itself shows.
for (const field of document.querySelectorAll("input[data-suggest]")) {
  const list = document.createElement("datalist");
  list.id = `${field.id}-names`;
  field.after(list);
  field.setAttribute("list", list.id);
  field.autocomplete = "off";
  let timer;
  let asked;
  const ask = async () => {
    asked?.abort();
    asked = new AbortController();
    const text = field.value.trim();
    if (text.length < 2) return list.replaceChildren();
    try {
      const reply = await fetch(`${field.dataset.suggest}?q=${encodeURIComponent(text)}`, { signal: asked.signal });
      if (!reply.ok) return;
      const [, names, kinds] = await reply.json();
      list.replaceChildren(
        ...names.map((name, place) => {
          const option = document.createElement("option");
          option.value = name;
          option.label = `${name} (${kinds[place]})`;
          return option;
        }),
      );
    } catch (error) {
      if (error.name !== "AbortError" && !(error instanceof TypeError)) throw error;
    }
  };
  field.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, 150);
  });
}
