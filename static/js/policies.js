// The policy's editor: a problem of the YAML leads to its line, and what cannot be tried says why.
document.addEventListener("click", (event) => {
  const problem = event.target.closest("[data-line]");
  const draft = document.getElementById("draft");
  if (!problem || !draft) return;
  event.preventDefault();
  const lines = draft.value.split("\n");
  const before = lines.slice(0, Number(problem.dataset.line) - 1);
  const start = before.reduce((sum, line) => sum + line.length + 1, 0);
  draft.focus();
  draft.setSelectionRange(start, start + (lines[before.length] ?? "").length);
  draft.scrollTop = (draft.scrollHeight / lines.length) * Math.max(before.length - 4, 0);
});

// htmx leaves an answer of 422 out; here it is the explanation.
document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.target.id !== "what-if" || event.detail.xhr.status !== 422) return;
  event.detail.shouldSwap = true;
  event.detail.isError = false;
});
