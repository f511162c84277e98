// Of many options all or none is a beginning.
for (const tools of document.querySelectorAll("[data-ticks]")) {
  tools.hidden = false;
  tools.addEventListener("click", (event) => {
    const all = event.target.closest("[data-tick-all]") !== null;
    if (!all && !event.target.closest("[data-tick-none]")) return;
    for (const box of tools.parentElement.querySelectorAll("input")) box.checked = all;
  });
}
