// Buttons that copy what stands in another element. Without a script, or without a clipboard, they are not there.
const SECONDS = 2;

function prepare(button) {
  const source = document.getElementById(button.dataset.copies);
  if (!source || !navigator.clipboard || !button.hidden) return;
  const name = button.textContent;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(source.textContent);
    button.textContent = "Copied";
    setTimeout(() => { button.textContent = name; }, SECONDS * 1000);
  });
}

function prepareAll() {
  for (const button of document.querySelectorAll("button[data-copies]")) prepare(button);
}

prepareAll();
document.addEventListener("eild:shown", prepareAll); // the editor put an answer on the page
