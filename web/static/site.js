// Small comforts. Every page works without this file.

const field = document.querySelector("[data-search]");

document.addEventListener("keydown", (event) => {
  const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
  if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey && field) {
    event.preventDefault();
    field.focus();
    field.select();
  }
});

for (const button of document.querySelectorAll("button[data-copy]")) {
  if (!navigator.clipboard) break;
  button.hidden = false;
  button.addEventListener("click", async () => {
    const source = document.getElementById(button.dataset.copy);
    const told = document.querySelector("[data-copied]");
    try {
      await navigator.clipboard.writeText(source.textContent.trim());
      told.textContent = "Copied.";
    } catch {
      told.textContent = "The browser did not permit copying.";
    }
  });
}

// What goes on is looked at again, unless somebody is at work on the page.
const going = document.querySelector("[data-again]");
if (going) {
  setInterval(() => {
    const active = document.activeElement;
    if (!document.hidden && (!active || active === document.body)) location.reload();
  }, Number(going.dataset.again) * 1000);
}
