// Searching and filtering a transcript without leaving the page; the address always says what is
// shown. The words that were found are marked without touching the text.
const list = document.getElementById("transcript");
const form = document.querySelector(".talk-search");
const input = form.elements.q;
let typing, known = location.search;

function go(query) {
  if (`?${query}` === location.search || (!query && !location.search)) return;
  history.pushState(null, "", query ? `?${query}` : location.pathname);
  show();
}

function show() {
  known = location.search;
  const given = new URLSearchParams(known);
  if (document.activeElement !== input) input.value = given.get("q") ?? "";
  for (const hidden of form.querySelectorAll("[type=hidden]")) hidden.remove();
  for (const [name, value] of given) {
    if (name === "agent" || name === "act") form.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
  }
  list.dispatchEvent(new CustomEvent("parley:load", { detail: { newest: true } }));
}

function typed() {
  clearTimeout(typing);
  const given = new URLSearchParams(new FormData(form));
  if (!given.get("q").trim()) given.delete("q");
  go(given.toString());
}

function mark() {
  if (!CSS.highlights) return;
  const wanted = (new URLSearchParams(location.search).get("q") ?? "").trim().toLowerCase();
  const ranges = wanted ? [...list.querySelectorAll(".msg-text")].flatMap((text) => found(text.firstChild, wanted)) : [];
  CSS.highlights.set("found", new Highlight(...ranges));
}

function found(text, wanted) {
  const ranges = [], said = text?.data?.toLowerCase() ?? "";
  for (let at = said.indexOf(wanted); at >= 0; at = said.indexOf(wanted, at + wanted.length)) {
    const range = new Range();
    range.setStart(text, at);
    range.setEnd(text, Math.min(at + wanted.length, text.data.length));
    ranges.push(range);
  }
  return ranges;
}

form.addEventListener("submit", (event) => { event.preventDefault(); typed(); });
input.addEventListener("input", () => { clearTimeout(typing); typing = setTimeout(typed, 250); });
input.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  if (input.value) { input.value = ""; typed(); } else input.blur();
});
document.addEventListener("click", (event) => {
  const link = event.target.closest(".talk-chip, [data-clear]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  if ("clear" in link.dataset) input.value = "";
  go(link.search.slice(1));
});
// Going to a message of this page is a step of the history as well.
addEventListener("popstate", () => { if (location.search !== known) show(); });
document.addEventListener("parley:shown", mark);
mark();
