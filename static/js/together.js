// Ticked rows of the floor: x ticks the row with the focus, X and Shift all from the last one up to
// it. At most fifty. The verbs open one dialog, which asks why and never decides by itself.
const MOST = 50;
const bar = document.getElementById("together-bar");
const dialog = document.getElementById("together");
const all = document.getElementById("floor-tick-all");
const VERBS = { pause: "Pause", resume: "Resume", end: "End", stop: "Stop" };
let last;

const boxes = () => [...document.querySelectorAll("#floor-rows input[name=table]")];
const ticked = () => boxes().filter((box) => box.checked);
const tables = (n) => `${n} table${n === 1 ? "" : "s"}`;

function count() {
  const n = ticked().length;
  bar.hidden = !n;
  const words = n ? `${n} selected${n >= MOST ? ", as many as there can be" : ""}` : "";
  if (bar.firstElementChild.textContent !== words) bar.firstElementChild.textContent = words;
  all.checked = n > 0 && n === boxes().length;
  all.indeterminate = n > 0 && !all.checked;
}

function tick(box, on) {
  box.checked = on && (box.checked || ticked().length < MOST);
}

function upTo(box, on) {
  const found = boxes();
  const [from, to] = [found.indexOf(last), found.indexOf(box)].sort((a, b) => a - b);
  for (const each of from < 0 ? [box] : found.slice(from, to + 1)) tick(each, on);
}

function toggle(box, { far = false, on = !box.checked } = {}) {
  if (far) upTo(box, on); else tick(box, on);
  last = box;
  count();
}

const focused = () => document.activeElement?.closest("#floor-rows > tr")?.querySelector("input[name=table]");
for (const [id, far] of [["tick-row", false], ["tick-rows", true]]) {
  document.getElementById(id).addEventListener("click", () => {
    const box = focused();
    if (box) toggle(box, far ? { far, on: true } : {});
  });
}

document.addEventListener("click", (event) => {
  if (event.target.name !== "table") return;
  toggle(event.target, { far: event.shiftKey, on: event.target.checked });
});
all.addEventListener("change", () => {
  for (const box of boxes()) tick(box, all.checked);
  count();
});
document.getElementById("together-none").addEventListener("click", () => {
  for (const box of boxes()) box.checked = false;
  count();
});
document.addEventListener("parley:shown", count);

for (const button of bar.querySelectorAll("[data-verb]")) {
  button.addEventListener("click", () => {
    const { verb } = button.dataset;
    const form = dialog.querySelector("form");
    const needed = verb === "end" || verb === "stop";
    form.elements.verb.value = verb;
    form.elements.reason.required = needed;
    dialog.querySelector("[data-optional]").hidden = needed;
    for (const help of dialog.querySelectorAll("[data-for]")) help.hidden = help.dataset.for !== verb;
    document.getElementById("together-title").textContent = `${VERBS[verb]} ${tables(ticked().length)}`;
    document.getElementById("together-go").textContent = VERBS[verb];
    dialog.showModal();
  });
}

count();
