// The socket of one negotiation. States as people see them: live; reconnecting after 2 s of
// silence; "Caught up: 23 messages"; after 60 s offline, with the actions disabled.
// Frames are handed to transcript.js; what was shown is acknowledged.
const list = document.getElementById("transcript");
const line = document.getElementById("live-line");
const text = document.getElementById("live-text");
const dot = document.getElementById("link-state");
const word = document.getElementById("link-word");

const SLOWEST = 30000, GRACE = 2000, LONG = 60000, SILENCE = 35000, HANDSHAKE = 8000;
let socket, timer, watch, clock, failures = 0, lostAt = 0, lostSeq = 0, nextTry = 0;

const last = () => Number(list.dataset.last);
const OPEN = ["queued", "running", "paused"];
const talking = () => OPEN.includes(document.getElementById("state").dataset.status);

function connect() {
  clearTimeout(timer);
  if (socket && socket.readyState < WebSocket.CLOSING) return;
  const address = new URL(`/ws/negotiations/${list.dataset.negotiation}/?after=${last()}`, location.href);
  address.protocol = address.protocol.replace("http", "ws");
  const mine = socket = new WebSocket(address);
  mine.onmessage = (event) => {
    if (mine !== socket) return;
    listen(mine);
    take(JSON.parse(event.data), mine);
  };
  mine.onclose = (event) => { if (mine === socket) lost(event.code); };
  listen(mine, HANDSHAKE);
}

// A server that says nothing for longer than its head number comes is gone without a word.
function listen(mine, patience = SILENCE) {
  clearTimeout(watch);
  watch = setTimeout(() => { socket = undefined; mine.close(); lost(0); }, patience);
}

function take(frame, mine) {
  if (frame.type === "messages") {
    list.dispatchEvent(new CustomEvent("parley:frame", { detail: frame }));
    mine.send(JSON.stringify({ ack: last() }));
  } else if (frame.head > last()) {
    // The tail was lost on the way: ask again from what is here.
    mine.close();
    return;
  }
  if (frame.head <= last()) caughtUp();
}

function lost(code) {
  clearTimeout(watch);
  if (code >= 4401 && code <= 4404) { over(code); return; }
  if (!lostAt) { lostAt = Date.now(); lostSeq = last(); }
  const pause = code === 4409 || !failures ? 250 : Math.min(SLOWEST, 500 * 2 ** failures);
  failures += 1;
  const wait = pause * (0.5 + Math.random() / 2);
  nextTry = Date.now() + wait;
  timer = setTimeout(connect, wait);
  clock ??= setInterval(tell, 500);
}

function tell() {
  if (!lostAt) return;
  const gone = Date.now() - lostAt;
  if (gone < GRACE) return;
  if (gone < LONG) {
    const seconds = Math.max(0, Math.ceil((nextTry - Date.now()) / 1000));
    show("waiting", "reconnecting", seconds ? `Reconnecting, next try in ${seconds} s` : "Reconnecting now", "amber");
  } else {
    const since = new Date(lostAt).toLocaleTimeString("en-GB");
    show("offline", "offline", `Offline since ${since}, showing saved data. Actions are off until it is back.`, "red");
    disable(true);
  }
}

function caughtUp() {
  const away = lostAt ? Date.now() - lostAt : 0;
  clearInterval(clock);
  clock = undefined;
  lostAt = failures = 0;
  disable(false);
  calm();
  if (away < GRACE) return;
  const n = last() - lostSeq;
  calm(n === 1 ? "Caught up: 1 message" : `Caught up: ${n} messages`, "green");
  setTimeout(() => { if (!lostAt) line.hidden = true; }, 4000);
}

function calm(...told) {
  if (talking()) show("live", "live", ...told);
  else show("rest", "ended", ...told);
}

function over(code) {
  const why = { 4401: "You are logged out. Log in again to follow.", 4403: "You may no longer follow this table.", 4404: "This table is gone." };
  clearInterval(clock);
  show("offline", "ended", why[code] ?? why[4403], "red");
  disable(true);
}

function show(state, name, sentence = "", tone = "") {
  dot.dataset.link = state;
  if (word.textContent !== name) word.textContent = name;
  line.hidden = !sentence;
  line.className = `notice live-line tone-${tone}`;
  if (text.textContent !== sentence) text.textContent = sentence;
}

function disable(off) {
  for (const button of document.querySelectorAll(".controls button")) {
    button.disabled = off;
    button.title = off ? "Not while offline" : "";
  }
}

const now = () => { if (lostAt) { failures = 0; connect(); } };
document.getElementById("live-now").addEventListener("click", now);
addEventListener("online", now);
document.addEventListener("visibilitychange", () => { if (!document.hidden) now(); });
connect();
