// The floor, live. Rows are patched where they stand, at most once a second. What is new waits in a
// line above the list until somebody asks for it; what matches no longer fades, and goes once
// nobody points at the list or has the focus in it. Filters change the address, not the page.
import { parsed } from "./documents.js";
import { morph } from "./morph.js";

const list = document.getElementById("floor-list");
const REST = 1000;
// The server is asked for at most a quarter of the time, however slow it is.
const SHARE = 3;
const PARTS = ["floor-views", "floor-chips", "floor-switches", "floor-on", "floor-pager", "floor-empty", "queue-count"];
let order = 0, asking, again = false, resting, pressed = false;

const rows = () => [...document.querySelectorAll("#floor-rows > tr")];
const body = () => document.getElementById("floor-rows");
const at = (id) => document.getElementById(id);
const known = () => `shown=${rows().map((row) => row.dataset.row).join(".")}`;
const joined = (address, more) => address + (address.includes("?") ? "&" : "?") + more;

for (const [name, down] of [["pointerdown", true], ["pointerup", false], ["pointercancel", false]]) {
  addEventListener(name, () => { pressed = down; }, true);
}

// Somebody is at it: nothing may move.
const touched = () => pressed || body().matches(":hover") || body().contains(document.activeElement)
  || list.getBoundingClientRect().top < 0;

async function read(address) {
  asking?.abort();
  const mine = asking = new AbortController();
  try {
    const answer = await fetch(address, { headers: { "HX-Request": "true" }, cache: "no-store", signal: mine.signal });
    // Logged out meanwhile, or no longer allowed: that is a page of its own.
    if (answer.redirected || answer.status === 403) { location.reload(); return null; }
    if (!answer.ok) return null;
    return parsed(await answer.text());
  } catch {
    // The line above the list says that the connection is lost.
    return null;
  } finally {
    if (asking === mine) asking = undefined;
  }
}

async function refresh() {
  if (asking || resting) { again = true; return; }
  again = false;
  const began = Date.now();
  const address = list.dataset.address;
  const fresh = await read(rows().length ? joined(address, known()) : address);
  if (pressed) again = true;
  else if (fresh && address === list.dataset.address) patch(fresh);
  resting = setTimeout(() => {
    resting = undefined;
    if (again) refresh();
  }, Math.max(REST, SHARE * (Date.now() - began)));
}

function patch(fresh) {
  if (!rows().length) { show(fresh); return; }
  for (const id of PARTS) part(id, fresh);
  const still = new Map([...fresh.querySelectorAll("#floor-rows > tr")].map((row) => [row.id, row]));
  for (const row of rows()) {
    const now = still.get(row.id);
    if (now) morph(row, now);
    else row.dataset.left = "";
  }
  news(Number(fresh.getElementById("floor-new").dataset.new));
  settle();
  told();
}

// What the address shows now, from its first row on: only when somebody asked for it.
function show(fresh) {
  const before = new Set(rows().map((row) => row.id));
  for (const id of PARTS) part(id, fresh);
  const coming = [...fresh.querySelectorAll("#floor-rows > tr")].map((row) => {
    const here = at(row.id);
    if (!here) { row.classList.toggle("arrived", before.size > 0); return document.adoptNode(row); }
    morph(here, row);
    return here;
  });
  body().replaceChildren(...coming);
  list.dataset.address = fresh.getElementById("floor-list").dataset.address;
  part("floor-form", fresh);
  for (const id of ["floor-card", "floor-empty"]) at(id).hidden = fresh.getElementById(id).hidden;
  news(0);
  told();
}

function part(id, fresh) {
  const now = fresh.getElementById(id);
  now?.removeAttribute("hx-swap-oob");
  if (now && at(id)) morph(at(id), now);
}

function news(n) {
  const button = at("floor-new");
  const words = n ? `${n} new` : "";
  button.hidden = !n;
  if (button.lastElementChild.textContent !== words) button.lastElementChild.textContent = words;
}

function settle() {
  if (touched()) return;
  for (const row of rows()) {
    if ("left" in row.dataset && !row.querySelector("input:checked")) row.remove();
  }
}

function told() {
  document.dispatchEvent(new Event("parley:shown"));
}

async function go(address, { keep = true } = {}) {
  const mine = order += 1;
  list.ariaBusy = "true";
  const fresh = await read(address);
  // Something else was asked for meanwhile.
  if (mine !== order) return;
  list.ariaBusy = "false";
  if (!fresh) { location.assign(address); return; }
  if (keep) history.pushState({}, "", address);
  for (const row of rows()) delete row.dataset.left;
  show(fresh);
  fields();
  chip();
  at("floor-said").textContent = at("floor-pager").querySelector(".meta").textContent;
  if (again) refresh();
}

// On a phone the chips are a strip: the one that is on is always seen.
function chip() {
  const strip = at("floor-chips"), on = strip.querySelector("[aria-current]");
  if (on) strip.scrollLeft = on.offsetLeft - strip.offsetLeft - (strip.clientWidth - on.offsetWidth) / 2;
}

// The form says what the address says.
function fields() {
  const said = new URL(location.href).searchParams;
  const form = at("floor-form");
  for (const field of form.elements) {
    if (field.name && field !== document.activeElement) field.value = said.get(field.name) ?? "";
  }
  for (const hidden of document.querySelectorAll("input[name=query], input[name=back]")) {
    said.delete("page");
    hidden.value = said.toString();
  }
}

function filter() {
  const chosen = [...new FormData(at("floor-form"))].filter(([, value]) => value);
  const query = new URLSearchParams(chosen).toString();
  const address = at("floor-form").getAttribute("action") + (query ? `?${query}` : "");
  if (address !== location.pathname + location.search) go(address);
}

list.addEventListener("doorbell", refresh);
list.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-floor]");
  if (!link || event.metaKey || event.ctrlKey || event.shiftKey || event.button) return;
  event.preventDefault();
  go(link.href);
});
list.addEventListener("submit", (event) => {
  if (event.target.id !== "floor-form") return;
  event.preventDefault();
  filter();
});
list.addEventListener("change", (event) => { if (event.target.form?.id === "floor-form") filter(); });
let typing;
list.addEventListener("input", (event) => {
  if (event.target.type !== "search") return;
  clearTimeout(typing);
  typing = setTimeout(filter, 300);
});
at("floor-new").addEventListener("click", async () => {
  const fresh = await read(list.dataset.address);
  if (!fresh) return;
  show(fresh);
  list.focus({ preventScroll: true });
});
list.addEventListener("pointerleave", () => setTimeout(settle, REST));
addEventListener("popstate", () => go(location.href, { keep: false }));
chip();
