// The editors: a problem of the YAML leads to its line, what cannot be tried says why, and what is
// unfolded stays so when the form is drawn anew.
document.addEventListener("click", (event) => {
  const problem = event.target.closest("[data-line]");
  const draft = document.getElementById("draft");
  if (!problem || !draft) return;
  event.preventDefault();
  const lines = draft.value.split("\n");
  const before = lines.slice(0, Number(problem.dataset.line) - 1);
  const start = before.reduce((sum, line) => sum + line.length + 1, 0);
  const column = Number(problem.dataset.column ?? 1) - 1;
  draft.focus();
  draft.setSelectionRange(start + column, start + (lines[before.length] ?? "").length);
  draft.scrollTop = (draft.scrollHeight / lines.length) * Math.max(before.length - 4, 0);
});

// A field that is linked to may be folded away.
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href^='#']");
  const field = link && document.getElementById(link.hash.slice(1));
  if (!field || link.dataset.line) return;
  for (let fold = field.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
  if (!field.matches("input, select, textarea")) return;
  event.preventDefault();
  field.focus();
  field.scrollIntoView({ block: "center" });
});

// htmx leaves an answer of 422 out; here it is the explanation.
document.addEventListener("htmx:beforeSwap", (event) => {
  if (!["what-if", "draft-form"].includes(event.detail.target.id) || event.detail.xhr.status !== 422) return;
  event.detail.shouldSwap = true;
  event.detail.isError = false;
});

let unfolded = [];
document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.target.id !== "draft-form") return;
  unfolded = [...event.detail.target.querySelectorAll("details[open][id]")].map((each) => each.id);
});
document.addEventListener("htmx:afterSettle", () => {
  for (const id of unfolded) document.getElementById(id)?.setAttribute("open", "");
  if (unfolded.length) document.activeElement?.scrollIntoView?.({ block: "nearest" });
  unfolded = [];
});

// Who leaves a draft that was not saved is asked by the browser.
let unsaved = document.getElementById("draft-form")?.hasAttribute("data-unsaved");
document.addEventListener("input", (event) => { if (event.target.closest("#draft-form")) unsaved = true; });
document.addEventListener("submit", (event) => { if (event.target.id === "draft-form") unsaved = false; });
addEventListener("beforeunload", (event) => { if (unsaved) event.preventDefault(); });
