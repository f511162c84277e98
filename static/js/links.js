// The one connection of a page: to its negotiation, if it shows one, and to its live lists. States as
// people see them: live; reconnecting, after 2 s of silence; caught up; offline after 60 s, with the
// actions off. Frames go out as "parley:heard" on the document, states as "parley:link".
const list = document.getElementById("transcript");
const line = document.getElementById("link-line");
const text = document.getElementById("link-text");
const count = document.getElementById("link-count");
const button = document.getElementById("link-now");

const FIRST = 500, SLOWEST = 30000, GRACE = 2000, LONG = 60000, CALM = 4000;
// The server gives a sign of life every 5 s.
const SILENCE = 11000, HANDSHAKE = 15000;
const UNSAID = 250, SAY = 5000;
const ACTIONS = "main :is(form[method=post] :is(button, input[type=submit]), button[data-dialog], button[hx-post])";
const WHY = { 4401: "You are logged out. Log in again to follow.", 4403: "You may no longer follow this.", 4404: "This table is gone." };
const switchedOff = new Set();

let socket, timer, calming, patience, heard = 0, failures = 0, nextTry = 0;
let lostAt = 0, lostSeq = 0, ended = false, behind = -1, said = 0, saidAt = 0;

const last = () => Number(list?.dataset.last ?? 0);

function address() {
  const topics = [...new Set([...document.querySelectorAll("[data-doorbell]")].map((one) => one.dataset.doorbell))];
  if (!list && !topics.length) return null;
  const at = new URL(list ? `/ws/negotiations/${list.dataset.negotiation}/?after=${last()}` : "/ws/doorbell/", location.href);
  for (const topic of topics) at.searchParams.append("topic", topic);
  at.protocol = at.protocol.replace("http", "ws");
  return at;
}

function connect() {
  clearTimeout(timer);
  if (ended || socket) return;
  const mine = socket = new WebSocket(address());
  heard = Date.now();
  patience = HANDSHAKE;
  behind = -1;
  said = last();
  mine.onmessage = (event) => {
    if (mine !== socket) return;
    heard = Date.now();
    patience = SILENCE;
    take(JSON.parse(event.data));
  };
  mine.onclose = (event) => { if (mine === socket) lose(event.code); };
  state();
}

function take(frame) {
  document.dispatchEvent(new CustomEvent("parley:heard", { detail: frame }));
  if (frame.head > last() && frame.type === "head") {
    // Told twice, and nothing came between: the tail was lost on the way.
    if (behind === last()) lose(0);
    behind = last();
  } else if (!list || frame.head <= last()) {
    behind = -1;
    found();
  }
  acknowledge();
}

// The server sends no more to who has not said that so much arrived.
function acknowledge() {
  if (!list || !socket || last() === said) return;
  if (last() - said < UNSAID && Date.now() - saidAt < SAY) return;
  said = last();
  saidAt = Date.now();
  socket.send(JSON.stringify({ ack: said }));
}

function lose(code, since = Date.now()) {
  const gone = socket;
  socket = undefined;
  gone?.close();
  if (WHY[code]) { over(code); return; }
  if (!lostAt) { lostAt = since; lostSeq = last(); }
  const wait = code === 4409 ? FIRST : Math.min(SLOWEST, FIRST * 2 ** failures * (1 + Math.random() / 2));
  failures += 1;
  nextTry = Date.now() + wait;
  clearTimeout(timer);
  timer = setTimeout(connect, wait);
}

function found() {
  const away = lostAt ? Date.now() - lostAt : 0;
  const told = !line.hidden && lostAt;
  lostAt = failures = 0;
  state();
  if (!told && away < GRACE) return;
  const n = last() - lostSeq;
  const what = list ? `${n || "no"} ${n === 1 ? "message" : "messages"}` : "this is how it stands now";
  show("green", `Caught up: ${what}`);
  calming = setTimeout(() => show(), CALM);
}

function watch() {
  const now = Date.now();
  if (socket && now - heard > patience) lose(0, heard);
  acknowledge();
  if (!lostAt || ended) return;
  state();
  if (now - lostAt >= LONG) {
    const since = new Date(lostAt).toLocaleTimeString("en-GB", { timeZone: document.documentElement.dataset.zone || undefined });
    show("red", `Offline since ${since}, showing saved data. Actions are off until it is back.`, " ");
  } else if (now - lostAt >= GRACE) {
    const seconds = Math.ceil((nextTry - now) / 1000);
    if (socket || seconds <= 0) show("amber", "Reconnecting", " now");
    else show("amber", "Reconnecting", `, next try in ${seconds} s ·`);
  }
}

function over(code) {
  ended = true;
  lostAt ||= Date.now();
  show("red", `${WHY[code]} What you see is not live.`);
  state();
}

function state() {
  const away = lostAt ? Date.now() - lostAt : 0;
  let name = "live";
  if (ended) name = "ended";
  else if (away >= LONG) name = "offline";
  else if (away >= GRACE) name = "reconnecting";
  else if (!heard || (!lostAt && patience === HANDSHAKE)) name = "connecting";
  allow(name !== "offline" && name !== "ended");
  if (name === document.documentElement.dataset.link) return;
  document.documentElement.dataset.link = name;
  document.dispatchEvent(new CustomEvent("parley:link", { detail: name }));
}

// Text is read aloud when it changes; what counts down beside it is not.
function show(tone = "", sentence = "", beside = "") {
  clearTimeout(calming);
  line.hidden = !sentence;
  line.className = `notice live-line tone-${tone}`;
  if (text.textContent !== sentence) text.textContent = sentence;
  if (count.textContent !== beside) count.textContent = beside;
  button.hidden = !beside || beside === " now";
}

function allow(on) {
  if (on) {
    for (const one of switchedOff) { one.disabled = false; one.title = one.dataset.title ?? ""; }
    switchedOff.clear();
    return;
  }
  for (const one of document.querySelectorAll(ACTIONS)) {
    if (one.disabled) continue;
    one.dataset.title = one.title;
    one.disabled = true;
    one.title = ended ? "You can no longer act here" : "Not while offline: it could not be sent";
    switchedOff.add(one);
  }
}

function now() {
  if (!lostAt || socket) return;
  failures = 0;
  connect();
}

button.addEventListener("click", now);
addEventListener("online", now);
addEventListener("offline", () => { if (socket) lose(0); });
document.addEventListener("visibilitychange", () => { if (!document.hidden) now(); });
document.addEventListener("DOMContentLoaded", () => {
  if (!line || !address()) return;
  connect();
  setInterval(watch, 500);
});
