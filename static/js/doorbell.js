// Lists that are live: the server rings (links.js), the list re-reads itself from the present address.
// hx-trigger="doorbell" on [data-doorbell] does the reading; here is only the bell.
import { parsed } from "./documents.js";

const REST = 1000;
// These bring the number in the navigation with them.
if (document.querySelector("#floor-list, #queue")) document.querySelector("nav[data-doorbell]")?.removeAttribute("data-doorbell");

let pressed = false;
let held = false;
addEventListener("pointerdown", () => { pressed = true; }, true);
for (const end of ["pointerup", "pointercancel"]) {
  addEventListener(end, () => {
    pressed = false;
    if (held) setTimeout(() => ringOut("[data-doorbell]"), REST);
    held = false;
  }, true);
}

document.addEventListener("htmx:beforeSwap", (event) => {
  const { requestConfig, target, xhr } = event.detail;
  if (new URL(xhr.responseURL).pathname !== new URL(requestConfig.path, location.href).pathname) {
    // Logged out meanwhile: the login page is a page, not something inside a list.
    event.detail.shouldSwap = false;
    location.assign(location.pathname);
    return;
  }
  const fresh = parsed(xhr.responseText).getElementById(target.id);
  // Nothing is replaced under a pressed finger or an open dialog, nor by the same.
  held ||= pressed;
  const covered = target.dataset.doorbell && dialogIsOpen();
  if (covered) missed.add(target.dataset.doorbell);
  if (pressed || covered || (fresh && content(fresh) === content(target))) event.detail.shouldSwap = false;
});

const dialogIsOpen = () => document.querySelector("dialog[open]") !== null;

function content(list) {
  const copy = list.cloneNode(true);
  for (const time of copy.querySelectorAll("time")) time.textContent = "";
  return copy.innerHTML;
}

// A bell while a list reads itself may be about what that reading has missed: it counts afterwards.
const late = new Set();

function ringOut(selector) {
  for (const list of document.querySelectorAll(selector)) {
    if (list.classList.contains("htmx-request")) late.add(list.id);
    else list.dispatchEvent(new Event("doorbell"));
  }
}

document.addEventListener("htmx:afterRequest", ({ detail }) => {
  const { id, dataset } = detail.requestConfig.elt;
  if (late.delete(id)) ring(dataset.doorbell);
});

const rung = new Map();
const waiting = new Map();
const missed = new Set();

function ring(topic) {
  clearTimeout(waiting.get(topic));
  waiting.set(topic, setTimeout(() => {
    // Nothing moves under an open dialog or in a hidden tab; it is made good afterwards.
    if (document.hidden || dialogIsOpen()) { missed.add(topic); return; }
    rung.set(topic, Date.now());
    missed.delete(topic);
    ringOut(`[data-doorbell="${topic}"]`);
  }, Math.max(0, (rung.get(topic) ?? 0) + REST - Date.now())));
}

function makeGood() {
  for (const topic of missed) ring(topic);
}

// Something was fetched without the bell and put on the page; it may be as old as its asking.
document.addEventListener("parley:put", ({ detail }) => {
  for (const [topic, at] of rung) if (at >= detail.asked) ring(topic);
});
document.addEventListener("parley:heard", ({ detail: frame }) => { if (frame.type === "changed") ring(frame.topic); });
document.addEventListener("visibilitychange", () => { if (!document.hidden) makeGood(); });
document.addEventListener("close", makeGood, true);
