// A table as it was after each of its messages: cards and the panel beside them. Cards come in
// pieces and are kept; the panel comes from the server for each moment, one request at a time.
import { required } from "./documents.js";
import { replace } from "./parts.js";

const page = document.getElementById("replay");
const list = document.getElementById("said");
const range = document.getElementById("replay-at");
const play = document.getElementById("replay-play");
const speed = document.getElementById("replay-speed");
const SHOWN = 30, AHEAD = 40, KEPT_PANELS = 80, SECOND = 1000, LONGEST_WAIT = 10000, CALM = 250;
const head = Number(page.dataset.head), home = `/negotiations/${page.dataset.negotiation}`;
const cards = new Map([...list.children].map((card) => [Number(card.dataset.seq), card]));
const panels = new Map();
let at = Number(page.dataset.at), playing, run = 0, asking = false, fetching, telling;

const clamp = (seq) => Math.min(head, Math.max(1, seq));

async function read(seq) {
  const fresh = await required(`${home}/messages/?at=${seq}`);
  for (const card of fresh.querySelectorAll("#transcript > li")) {
    const number = Number(card.dataset.seq);
    if (!cards.has(number)) cards.set(number, document.adoptNode(card));
  }
}

// All that is shown at this moment, and soon what comes next.
function lacking(seq) {
  const first = Math.max(1, seq - SHOWN + 1);
  for (let number = seq; number >= first; number -= 1) if (!cards.has(number)) return number;
  return undefined;
}

async function go(seq) {
  at = clamp(seq);
  tell();
  const wish = at;
  const missing = lacking(wish);
  if (missing) {
    try { await read(missing); } catch { stop(); return; }
    if (wish !== at) return;
    if (lacking(wish) && lacking(wish) !== missing) { await go(wish); return; }
  }
  draw();
  panel();
  const next = clamp(at + AHEAD);
  if (!cards.has(next)) fetching ??= read(next).catch(() => {}).finally(() => { fetching = undefined; });
}

function draw() {
  const wanted = [];
  for (let number = Math.max(1, at - SHOWN + 1); number <= at; number += 1) {
    const card = cards.get(number);
    if (card) wanted.push(card);
  }
  for (const card of [...list.children]) if (!wanted.includes(card)) card.remove();
  wanted.forEach((card, place) => { if (list.children[place] !== card) list.insertBefore(card, list.children[place] ?? null); });
  for (const card of list.querySelectorAll(".aimed")) card.classList.remove("aimed");
  list.lastElementChild?.classList.add("aimed");
  list.lastElementChild?.scrollIntoView({ block: "end", behavior: "instant" });
  document.dispatchEvent(new Event("parley:shown"));
}

// While one is asked for, only the newest wish is remembered.
async function panel() {
  if (asking) return;
  asking = true;
  const wish = at;
  try {
    if (!panels.has(wish)) {
      const fresh = await required(`${home}/replay/moment/?at=${wish}`);
      panels.set(wish, document.adoptNode(fresh.getElementById("moment")));
      if (panels.size > KEPT_PANELS) panels.delete(panels.keys().next().value);
    }
    for (const part of [...panels.get(wish).cloneNode(true).children]) replace(part);
    document.dispatchEvent(new Event("parley:shown"));
  } catch { stop(); }
  asking = false;
  if (wish !== at) setTimeout(panel, playing ? CALM : 0);
}

function tell() {
  range.value = at;
  range.setAttribute("aria-valuetext", `Message ${at} of ${head}`);
  document.getElementById("replay-where").textContent = `#${at} of ${head}`;
  document.getElementById("to-table").href = `${home}/#m${at}`;
  clearTimeout(telling);
  telling = setTimeout(() => history.replaceState(null, "", `?at=${at}`), CALM);
}

function wait() {
  const factor = Number(speed.value);
  if (factor) return SECOND / factor;
  const [now, next] = [at, at + 1].map((seq) => Date.parse(cards.get(seq)?.querySelector(".msg-head time")?.dateTime));
  return Math.min(LONGEST_WAIT, Math.max(50, next - now || 0));
}

function start() {
  if (at >= head) go(1);
  const mine = run += 1;
  const step = async () => {
    await go(at + 1);
    // Paused and begun again while cards were on their way: that is another run.
    if (mine === run) playing = at < head ? setTimeout(step, wait()) : stop();
  };
  playing = setTimeout(step, wait());
  shown(true);
}

function stop() {
  clearTimeout(playing);
  playing = undefined;
  run += 1;
  shown(false);
  return undefined;
}

function shown(moving) {
  play.setAttribute("aria-label", moving ? "Pause" : "Play");
  play.dataset.moving = moving ? "yes" : "no";
}

function jump(seq) {
  stop();
  go(seq);
}

play.addEventListener("click", () => { if (playing) stop(); else start(); });
speed.addEventListener("change", () => { if (playing) { stop(); start(); } });
range.addEventListener("input", () => jump(Number(range.value)));
range.addEventListener("keydown", (event) => {
  if (event.key !== " ") return;
  event.preventDefault();
  play.click();
});
for (const [name, to] of [["first", () => 1], ["back", () => at - 1], ["on", () => at + 1], ["last", () => head]]) {
  document.getElementById(`replay-${name}`).addEventListener("click", () => jump(to()));
}
// Here a message's number is a moment.
document.addEventListener("click", (event) => {
  const link = event.target.closest('a[href^="#m"]');
  const seq = Number(link?.hash.slice(2));
  if (!seq || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  jump(seq);
});
if (new URLSearchParams(location.search).has("at")) draw();
shown(false);
