// Adds what pages also do without: a choice of light or dark, and buttons that copy a block of text.
// It is loaded in the head, before anything is painted, so that the chosen theme shows from the start.
(() => {
  const KEY = "theme";
  const THEMES = { "": "system setting", light: "light", dark: "dark" };
  const root = document.documentElement;

  // Storage can be switched off; the theme then lasts for the page.
  const recall = () => {
    try {
      return localStorage.getItem(KEY) ?? "";
    } catch {
      return "";
    }
  };
  const keep = (theme) => {
    try {
      if (theme) localStorage.setItem(KEY, theme);
      else localStorage.removeItem(KEY);
    } catch {
      // nothing to keep it in
    }
  };
  const apply = (theme) => {
    if (theme && Object.hasOwn(THEMES, theme)) root.dataset.theme = theme;
    else delete root.dataset.theme;
  };

  const addThemes = () => {
    const place = document.querySelector("footer.frame .inner > div");
    if (!place) return;
    const label = document.createElement("label");
    const select = document.createElement("select");
    for (const [value, text] of Object.entries(THEMES)) select.add(new Option(text, value));
    select.value = root.dataset.theme ?? "";
    select.addEventListener("change", () => {
      apply(select.value);
      keep(select.value);
    });
    addEventListener("storage", (event) => {
      if (event.key !== KEY && event.key !== null) return;
      apply(recall());
      select.value = root.dataset.theme ?? "";
    });
    label.className = "theme screen";
    label.append("Colours ", select);
    place.append(label);
  };

  const addCopy = (block) => {
    const button = document.createElement("button");
    const said = block.dataset.copy || "the text";
    button.type = "button";
    button.className = "quiet copy screen";
    button.textContent = "Copy";
    button.setAttribute("aria-label", `Copy ${said}`);
    const status = document.createElement("span");
    status.className = "note screen";
    status.setAttribute("role", "status");
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(block.textContent.trim());
        status.textContent = "Copied";
      } catch {
        getSelection()?.selectAllChildren(block);
        status.textContent = "Selected: copy it with your keyboard or menu";
      }
    });
    block.after(button, " ", status);
  };

  // What is folded would not be printed.
  const unfold = () => {
    const folded = [...document.querySelectorAll("details:not([open])")];
    for (const details of folded) details.open = true;
    addEventListener("afterprint", () => folded.forEach((details) => (details.open = false)), { once: true });
  };

  // Where a link leads into what is folded, most browsers unfold it themselves.
  const reveal = () => {
    for (let at = document.querySelector(":target")?.parentElement; at; at = at.parentElement) {
      if (at.localName === "details") at.open = true;
    }
  };

  apply(recall());
  addEventListener("hashchange", reveal);
  addEventListener("beforeprint", unfold);
  document.addEventListener("DOMContentLoaded", () => {
    addThemes();
    document.querySelectorAll("[data-copy]").forEach(addCopy);
    reveal();
  });
  // A script put something new into an element.
  addEventListener("eild:shown", (event) => event.target.querySelectorAll("[data-copy]").forEach(addCopy));
})();
