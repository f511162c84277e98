// Ctrl or ⌘ with K: every page and action from where one is. The navigation and what this page can
// do are there at once; negotiations, decisions and scenarios follow from the server.
import { part } from "./documents.js";

const dialog = document.getElementById("palette");
const input = dialog.querySelector("[role=combobox]");
const here = dialog.querySelector("[data-palette-here]");
const count = dialog.querySelector("[data-palette-count]");
const LATER = 120;
let known = [], waiting, asked;

const options = () => [...dialog.querySelectorAll("[role=option]")].filter((one) => one.checkVisibility());
const chosen = () => dialog.querySelector("[role=option][aria-selected=true]");

document.addEventListener("keydown", (event) => {
  if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
  if (document.querySelector("dialog[open]:not(#palette)")) return;
  event.preventDefault();
  if (dialog.open) dialog.close(); else open();
});
document.addEventListener("click", (event) => { if (event.target.closest("[data-palette-open]")) open(); });

function open() {
  known = [...pages(), ...actions()];
  input.value = "";
  dialog.showModal();
  look();
}

function* pages() {
  for (const link of document.querySelectorAll("[data-key-group='Go to'][href], [data-key-group='Go to'] a")) {
    yield { group: "Go to", label: link.dataset.keyLabel, icon: link.querySelector("svg"), key: link.dataset.key, href: link.href };
  }
}

// What can be clicked on this page, and the few things that can be done anywhere.
function* actions() {
  const seen = new Set();
  for (const one of document.querySelectorAll("main [data-dialog], main [data-key], main [data-keys-open], .nav-tools button")) {
    const label = one.dataset.keyLabel ?? one.getAttribute("aria-label") ?? one.textContent.trim();
    if (!label || seen.has(label) || one.disabled || !(one.closest(".nav-tools") || one.checkVisibility())) continue;
    seen.add(label);
    yield { group: one.closest("main") ? "On this page" : "Do", label, icon: one.querySelector("svg"), key: one.dataset.key, one };
  }
}

function look() {
  const words = input.value.toLowerCase().split(/\s+/);
  const fits = known.filter(({ label }) => words.every((word) => label.toLowerCase().includes(word)));
  const groups = ["Go to", "On this page", "Do"].map((name) => group(name, fits.filter((one) => one.group === name)));
  here.replaceChildren(...groups.filter(Boolean));
  select(options()[0]);
  clearTimeout(waiting);
  waiting = setTimeout(ask, LATER);
}

function group(name, found) {
  if (!found.length) return null;
  const box = make("div", ""), head = make("span", "nav-label", name);
  box.role = "group";
  box.ariaLabel = name;
  head.ariaHidden = "true";
  box.append(head, ...found.map((item) => option(item)));
  return box;
}

function option({ label, icon, key, href, one }) {
  const made = make("a", "");
  made.role = "option";
  made.tabIndex = -1;
  made.id = `palette-here-${known.findIndex((item) => item.label === label)}`;
  made.ariaSelected = "false";
  if (href) made.href = href;
  else made.addEventListener("click", () => { dialog.close(); one.focus(); one.click(); });
  if (icon) made.append(icon.cloneNode(true));
  made.append(make("span", "palette-label", label));
  const keys = make("span", "keys");
  for (const part of key?.split(" ") ?? []) keys.append(make("kbd", "", part));
  if (key) made.append(keys);
  return made;
}

function make(name, className, text = "") {
  return Object.assign(document.createElement(name), { className, textContent: text });
}

async function ask() {
  const query = asked = input.value;
  try {
    const answer = await part(`${input.dataset.palette}?${new URLSearchParams({ q: query })}`);
    if (!answer || query !== input.value || asked !== query) return;
    dialog.querySelector("#palette-results").replaceWith(document.adoptNode(answer.getElementById("palette-results")));
  } catch { /* Offline: what is known here stays. */ }
  if (!chosen()) select(options()[0]);
  told();
}

function told() {
  const found = options().length;
  dialog.querySelector(".palette-none").hidden = found > 0;
  count.textContent = found === 1 ? "1 fits" : `${found} fit`;
}

function select(one) {
  chosen()?.setAttribute("aria-selected", "false");
  one?.setAttribute("aria-selected", "true");
  one?.scrollIntoView({ block: "nearest" });
  if (one) input.setAttribute("aria-activedescendant", one.id);
  else input.removeAttribute("aria-activedescendant");
}

input.addEventListener("input", look);
input.addEventListener("keydown", (event) => {
  const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (by) {
    const all = options();
    select(all[(all.indexOf(chosen()) + by + all.length) % all.length]);
  } else if (event.key === "Enter") {
    chosen()?.click();
  } else return;
  event.preventDefault();
});
