// Puts what arrives into the page: parsed, never as innerHTML. Follows the end until the reader
// scrolls up or holds it, and again from the end on; meanwhile a button counts what is new.
// Finds messages by their number (#m12), also those that are not in the page.
import { parsed } from "./documents.js";
import { replace } from "./parts.js";
import { searching } from "./windows.js";

const list = document.getElementById("transcript");
const box = document.getElementById("messages");
const button = document.getElementById("follow");
const hold = document.getElementById("hold");
const status = document.getElementById("transcript-status");
const ROOM = 24, CLOSE = 40, FAR = 160, A_MOMENT = 700, A_WHILE = 1000;
const WORDS = { yes: "Following", held: "On hold", away: "Follow" };
let unseen = 0, arrived = 0, saying, freshening;
let following = "away", was = scrollY, touched = -Infinity;

const node = (html) => document.adoptNode(parsed(html).body.firstElementChild);
const seq = (card) => Number(card?.dataset.seq ?? 0);
const load = (detail) => list.dispatchEvent(new CustomEvent("parley:load", { detail }));
// The end is the end of the list: on a narrow screen more of the page comes after it.
const toGo = () => list.getBoundingClientRect().bottom + ROOM - innerHeight;

function show(frame) {
  const news = frame.items.filter((item) => item.seq > Number(list.dataset.last));
  for (const { seq: number, html } of news) {
    list.dataset.last = number;
    if (searching()) continue;
    const card = node(html);
    tally(card);
    arrived += 1;
    if (following !== "yes") unseen += 1;
    if (box.dataset.newer === "yes" || number <= seq(list.lastElementChild)) continue;
    card.classList.add("fresh");
    list.append(card);
  }
  if (news.length && searching()) freshen();
  list.dispatchEvent(new Event("parley:grown"));
  for (const html of frame.fragments ?? []) replace(node(html));
  hold.hidden = !["queued", "running", "paused"].includes(document.getElementById("state").dataset.status);
  document.dispatchEvent(new Event("parley:shown"));
  keepUp();
  count();
  say();
}

// What matches is decided in one place, by the server, at most once a second.
function freshen() {
  freshening ??= setTimeout(() => {
    freshening = undefined;
    load({ fresh: true });
  }, A_WHILE);
}

function tally(card) {
  for (const key of [card.dataset.sender, card.dataset.act]) {
    const number = document.querySelector(`[data-chip="${CSS.escape(key)}"] b`);
    if (number) number.textContent = Number(number.textContent) + 1;
    else if (box.dataset.newer !== "yes") freshen();
  }
}

function become(state) {
  following = state;
  hold.dataset.follow = state;
  document.getElementById("hold-word").textContent = WORDS[state];
}

function follow() {
  become("yes");
  unseen = 0;
  count();
  if (box.dataset.newer === "yes") load({ newest: true });
  keepUp();
}

function toEnd() {
  scrollTo({ top: scrollY + toGo(), behavior: "instant" });
  was = scrollY;
}

function keepUp() {
  if (following === "yes") toEnd();
  was = scrollY;
}

function scrolled() {
  const up = scrollY < was;
  const byHand = performance.now() - touched < A_MOMENT;
  was = scrollY;
  if (!up && toGo() < CLOSE && box.dataset.newer !== "yes") {
    if (following === "away") follow();
  } else if (up && toGo() > (byHand ? 8 : FAR) && following === "yes") {
    // What only the layout moved, `keepUp` has put right before this is told.
    become("away");
  }
}

function count() {
  button.hidden = !unseen;
  document.getElementById("follow-count").textContent = unseen;
}

// Read aloud at most every three seconds, and only the number.
function say() {
  if (!arrived) return;
  saying ??= setTimeout(() => {
    status.textContent = arrived === 1 ? "1 new message" : `${arrived} new messages`;
    arrived = 0;
    saying = undefined;
  }, 3000);
}

function point() {
  const number = Number(/^#m(\d{1,9})$/.exec(location.hash)?.[1] ?? NaN);
  if (Number.isNaN(number)) return;
  if (following === "yes") become("away");
  if (number < 1 || number > Number(list.dataset.last)) {
    status.textContent = document.getElementById("talk-line").textContent = `There is no message ${number}.`;
  } else if (!aim(number)) load({ at: number });
}

function aim(number) {
  const card = document.getElementById(`m${number}`);
  for (const old of list.querySelectorAll(".aimed")) old.classList.remove("aimed");
  card?.classList.add("aimed");
  settle(() => card, 4);
  return card !== null;
}

// Cards around it have an estimated height until they are drawn.
function settle(wanted, frames, block = "start") {
  wanted()?.scrollIntoView({ block, behavior: "instant" });
  was = scrollY;
  if (frames) requestAnimationFrame(() => settle(wanted, frames - 1, block));
}

// The last at every moment: another one may come while this settles.
const last = () => list.lastElementChild;

function loaded({ at, newest, fresh }) {
  if (at && !aim(at) && searching()) location.assign(`${location.pathname}?at=${at}#m${at}`);
  if (newest && (following === "yes" || !searching())) {
    // It was asked for: no hand moves away from the end just now.
    touched = -Infinity;
    unseen = 0;
    become("yes");
    settle(last, 6, "end");
  }
  if (fresh && searching()) {
    if (following !== "yes") unseen += fresh;
    if (box.dataset.newer === "yes") freshen();
    arrived += fresh;
  }
  keepUp();
  count();
  say();
}

list.addEventListener("parley:frame", (event) => show(event.detail));
list.addEventListener("parley:loaded", (event) => loaded(event.detail));
button.addEventListener("click", follow);
hold.addEventListener("click", () => { if (following === "yes") become("held"); else follow(); });
// On a link Space would scroll; here it holds.
list.addEventListener("keydown", (event) => {
  if (event.key !== " " || !event.target.closest("a") || hold.hidden) return;
  event.preventDefault();
  hold.click();
});
addEventListener("scroll", scrolled, { passive: true });
addEventListener("hashchange", point);
for (const input of ["wheel", "touchmove", "keydown", "pointerdown"]) {
  addEventListener(input, () => { touched = performance.now(); }, { passive: true, capture: true });
}

const asked = new URLSearchParams(location.search).get("at");
if (location.hash) point();
else if (/^\d{1,9}$/.test(asked ?? "")) requestAnimationFrame(() => aim(asked));
else if (list.dataset.open === "yes") {
  // A running table opens at its end, where things happen.
  history.scrollRestoration = "manual";
  requestAnimationFrame(follow);
} else if (box.dataset.older === "yes" && !searching()) settle(last, 6, "end");
// Cards have an estimated height until they are drawn, and pictures above grow.
const heights = new ResizeObserver(keepUp);
heights.observe(list);
heights.observe(document.body);
addEventListener("resize", keepUp);
