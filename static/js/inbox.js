// The approvals inbox: what is opened in the list, and what is decided, comes into the right half;
// address, back and forward stay true. Without this every link and form is a page of its own.
import { keep, restore, forget } from "./words.js";
import "./arrivals.js";
import { refusal } from "./failures.js";

const WIDE = matchMedia("(width >= 72rem)");
const SKIM = 220;
const detail = () => document.getElementById("detail");
const place = () => location.pathname + location.search;
let here = place(), running, skimming, byKey = false;

async function show(address, { form, button, push = true, focus } = {}) {
  clearTimeout(skimming);
  running?.abort();
  const mine = running = new AbortController();
  const asked = Date.now();
  detail().setAttribute("aria-busy", "true");
  try {
    const headers = { "HX-Request": "true", "HX-Target": "detail" };
    const body = form && new FormData(form, button);
    const answer = await fetch(address, { method: form ? "POST" : "GET", body, headers, signal: mine.signal });
    const text = await answer.text();
    if (!text.includes('id="detail"') && form && !answer.ok) {
      detail().removeAttribute("aria-busy");
      say(refusal(answer.status, answer.headers.get("X-Error-Id")));
      return;
    }
    if (!text.includes('id="detail"')) { location.assign(form && !answer.redirected ? place() : answer.url); return; }
    put(text, answer, { form, push, focus });
    document.dispatchEvent(new CustomEvent("parley:put", { detail: { asked } }));
  } catch (error) {
    if (error.name === "AbortError") return;
    detail().removeAttribute("aria-busy");
    say(form ? "Not sent: there is no connection. What you typed is still here." : "It could not be loaded: there is no connection.");
  }
}

function put(text, answer, { form, push, focus }) {
  const before = detail().dataset.decision;
  const at = detail().scrollTop;
  const to = new URL(answer.url);
  const moved = !form || answer.redirected;
  htmx.swap("#detail", text, { swapStyle: "outerHTML", swapDelay: 0, settleDelay: 0 });
  const said = document.getElementById("said");
  // What was refused is told there, too: then the words stay.
  if (form && answer.redirected && !said.querySelector(".tone-amber, .tone-red")) forget(form);
  if (moved && to.pathname !== location.pathname) {
    history[push ? "pushState" : "replaceState"]({ inbox: true }, "", to.pathname + to.search);
  }
  here = place();
  const same = before && before === detail().dataset.decision;
  if (same) detail().scrollTop = at;
  else if (!WIDE.matches) scrollTo(0, 0);
  mark();
  restore(detail());
  settle({ form, moved, same, focus });
  if (form) said.firstElementChild?.scrollIntoView({ block: "nearest" });
  // The list need not wait for the bell to know.
  if (form) document.getElementById("queue")?.dispatchEvent(new Event("doorbell"));
}

function settle({ form, moved, same, focus }) {
  const refusal = document.getElementById("refusal");
  if (refusal) { refusal.focus(); return; }
  if (form && same) { detail().querySelector(".case-bar :is(a, button)")?.focus(); return; }
  if (form && moved) { (row()?.checkVisibility() ? row() : title())?.focus(); return; }
  if (focus === "case") title()?.focus();
}

const title = () => detail().querySelector("h1, h2") ?? detail();
const row = () => document.querySelector(`[data-item][id="d${detail().dataset.decision}"]`);

function mark() {
  for (const one of document.querySelectorAll("[data-item][aria-current]")) one.removeAttribute("aria-current");
  row()?.setAttribute("aria-current", "true");
  row()?.closest("[data-row]")?.scrollIntoView({ block: "nearest" });
}

function say(sentence) {
  const line = document.createElement("p");
  line.className = "notice tone-red";
  line.textContent = sentence;
  document.getElementById("said").replaceChildren(line);
  document.querySelector("dialog[open]")?.close();
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-item], a[data-into], a[data-back]");
  if (!link || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
  if (!WIDE.matches) return;
  event.preventDefault();
  // Who opens it with the keyboard reads it next; a pointer is there already.
  show(link.href, { focus: event.detail ? "" : "case" });
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post" || !form.closest("#detail")) return;
  event.preventDefault();
  show(form.action, { form, button: event.submitter });
});

// j and k read along: what the focus rests on for a moment is shown.
document.addEventListener("keydown", (event) => { byKey = ["j", "k", "ArrowDown", "ArrowUp"].includes(event.key); }, true);
document.addEventListener("pointerdown", () => { byKey = false; }, true);
document.addEventListener("focusin", (event) => {
  clearTimeout(skimming);
  if (!byKey || !WIDE.matches || !event.target.matches("[data-item]") || event.target.matches("[aria-current]")) return;
  const push = !detail().dataset.decision;
  skimming = setTimeout(() => show(event.target.href, { push }), SKIM);
});

addEventListener("popstate", () => {
  if (place() !== here) show(place(), { push: false });
});

// A verdict of somebody else takes the buttons away, never the words.
document.addEventListener("htmx:afterSwap", (event) => {
  mark();
  if (event.target.id !== "verdict") return;
  const said = [...detail().querySelectorAll("dialog textarea")].filter(
    (one) => one.value.trim() && !detail().querySelector(`[data-dialog="${one.closest("dialog").id}"]`),
  );
  const box = document.getElementById("kept");
  if (!box || !said.length) return;
  box.hidden = false;
  box.querySelector("[data-kept]").textContent = said.map((one) => one.value).join("\n");
});

document.addEventListener("input", (event) => { if (event.target.closest("#detail")) keep(event.target); });

mark();
restore(detail());
