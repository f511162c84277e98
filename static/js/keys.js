// The keys of a page. data-key="p" (or "g f", one after the other) on a button or link clicks it, on
// an input it focuses it; data-key-label says what it does, data-key-group where the sheet lists it.
// Inside data-list, j/k and the arrows move among [data-item]. "?" shows what the page has.
// No key acts while somebody types, in a dialog, with a modifier, or when they are switched off.
const PAUSE = 1200;
const TYPING = "input, textarea, select, [contenteditable]";
const PRESSABLE = "a, button, summary, [role=button]";
const NAMES = { " ": "Space", Escape: "Esc", ArrowLeft: "←", ArrowRight: "→", ArrowUp: "↑", ArrowDown: "↓" };
const sheet = document.getElementById("keys");
let begun = "", forgetting;

const off = () => document.documentElement.dataset.keys === "off";
const open = () => document.querySelector("dialog[open]");
const keyed = () => [...document.querySelectorAll("[data-key]")].filter(usable);

function usable(one) {
  if (one.disabled || one.getAttribute("aria-disabled") === "true") return false;
  // The navigation is behind a button on narrow screens, and its keys work all the same.
  return one.closest("[data-keys-always]") !== null || one.checkVisibility({ visibilityProperty: true });
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
  if (off() || open() || event.target.closest(TYPING)) return;
  if ((event.key === " " || event.key === "Enter") && event.target.closest(PRESSABLE)) return;
  if (move(event) || (!event.repeat && press(event.key))) event.preventDefault();
});

function press(key) {
  const typed = begun ? `${begun} ${key}` : key;
  forget();
  if (typed === "?") { show(); return true; }
  const keys = keyed();
  const meant = keys.find((one) => one.dataset.key === typed || (one.dataset.key === "Space" && typed === " "));
  if (meant) { act(meant); return true; }
  if (!keys.some((one) => one.dataset.key.startsWith(`${typed} `))) return false;
  begun = typed;
  forgetting = setTimeout(forget, PAUSE);
  return true;
}

function forget() {
  clearTimeout(forgetting);
  begun = "";
}

function act(one) {
  if (one.matches(TYPING)) { one.focus(); one.select?.(); } else one.click();
}

function move(event) {
  const by = { j: 1, k: -1, ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!by || begun) return false;
  const within = event.target.closest("[data-list]");
  // The arrows scroll, unless one is in the list already.
  if (!within && event.key.startsWith("Arrow")) return false;
  const list = within ?? [...document.querySelectorAll("[data-list]")].find(usable);
  const items = [...(list?.querySelectorAll("[data-item]") ?? [])].filter(usable);
  if (!items.length) return false;
  const at = items.findIndex((one) => one === document.activeElement);
  const here = at >= 0 ? at + by : Math.max(0, items.findIndex((one) => one.matches("[aria-current]")));
  const next = items[Math.min(items.length - 1, Math.max(0, here))];
  next.focus();
  next.scrollIntoView({ block: "nearest" });
  return true;
}

function show() {
  const groups = new Map();
  for (const one of keyed()) {
    const name = one.closest("[data-key-group]")?.dataset.keyGroup ?? "This page";
    const label = one.dataset.keyLabel ?? one.getAttribute("aria-label") ?? one.textContent.trim();
    if (!groups.has(name)) groups.set(name, new Map());
    groups.get(name).set(one.dataset.key, label);
  }
  if (document.querySelector("[data-list] [data-item]")) {
    if (!groups.has("This page")) groups.set("This page", new Map());
    groups.get("This page").set("j", "Next in the list").set("k", "The one before");
  }
  // What one can do here comes before where one can go.
  const order = [...groups].sort(([one], [other]) => (other === "This page") - (one === "This page"));
  sheet.querySelector("[data-keys]").replaceChildren(...order.map(group));
  sheet.querySelector("[data-keys-off]").hidden = !off();
  sheet.showModal();
}

function group([name, keys]) {
  const section = document.createElement("section");
  const head = document.createElement("h3");
  const list = document.createElement("dl");
  head.textContent = name;
  for (const [key, label] of keys) {
    const what = document.createElement("dt"), how = document.createElement("dd");
    what.textContent = label;
    for (const part of key.split(" ")) {
      how.append(Object.assign(document.createElement("kbd"), { textContent: NAMES[part] ?? part }));
    }
    list.append(what, how);
  }
  section.append(head, list);
  return section;
}

document.addEventListener("click", (event) => { if (event.target.closest("[data-keys-open]")) show(); });
