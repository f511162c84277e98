// How many items of the queue are ticked, at most twenty. Boxes keep their tick when the list comes
// live (hx-preserve), so this counts what is there.
const MOST = 20;
const bar = document.querySelector("[data-selection]");

function count() {
  const boxes = [...document.querySelectorAll("[data-select]")];
  const ticked = boxes.filter((box) => box.checked).length;
  for (const box of boxes) box.disabled = !box.checked && ticked >= MOST;
  bar.hidden = !ticked;
  bar.querySelector("[data-selection-count]").textContent = ticked ? `${ticked} selected` : "";
  for (const verb of document.querySelectorAll("[data-selection-verb]")) {
    verb.textContent = `Approve ${ticked}${verb.closest("dialog") ? "" : " selected…"}`;
  }
}

if (bar) {
  document.addEventListener("change", count);
  document.addEventListener("htmx:afterSwap", count);
  count();
}
