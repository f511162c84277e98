// Lists that are live: the server rings, the list re-reads itself from the present address.
// hx-trigger="doorbell" on [data-doorbell] does the reading; here is only the bell.
const SLOWEST = 30000;
const REST = 1000;
const GRACE = 2000, LONG = 60000, CALM = 4000;
// These bring the number in the navigation with them.
if (document.querySelector("#floor-list, #queue")) document.querySelector("nav[data-doorbell]")?.removeAttribute("data-doorbell");
const lists = [...document.querySelectorAll("[data-doorbell]")];
// The page of one negotiation has a line of its own.
const line = document.querySelector("main [data-doorbell]") && document.getElementById("link-line");

let pressed = false;
let held = false;
addEventListener("pointerdown", () => { pressed = true; }, true);
for (const end of ["pointerup", "pointercancel"]) {
  addEventListener(end, () => {
    pressed = false;
    if (held) setTimeout(ringAll, REST);
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
  const fresh = new DOMParser().parseFromString(xhr.responseText, "text/html").getElementById(target.id);
  // Nothing is replaced under a pressed finger, nor by the same.
  held ||= pressed;
  if (pressed || (fresh && content(fresh) === content(target))) event.detail.shouldSwap = false;
});

function content(list) {
  const copy = list.cloneNode(true);
  for (const time of copy.querySelectorAll("time")) time.textContent = "";
  return copy.innerHTML;
}

function ringAll() {
  for (const list of document.querySelectorAll("[data-doorbell]")) list.dispatchEvent(new Event("doorbell"));
}

const lost = new Map();
let lostAt = 0, told = false, clock;

function lose(topic, nextTry) {
  lost.set(topic, nextTry);
  lostAt ||= Date.now();
  clock ??= setInterval(tell, 500);
}

function find(topic) {
  if (!lost.delete(topic) || lost.size) return;
  clearInterval(clock);
  clock = undefined;
  lostAt = 0;
  if (!told) return;
  told = false;
  say("green", "Caught up: this is how it stands now.");
  setTimeout(() => { if (!told) say(); }, CALM);
}

function tell() {
  const gone = Date.now() - lostAt;
  if (gone < GRACE) return;
  told = true;
  if (gone >= LONG) {
    say("red", `Offline since ${new Date(lostAt).toLocaleTimeString("en-GB")}, showing saved data.`);
    return;
  }
  const seconds = Math.ceil((Math.min(...lost.values()) - Date.now()) / 1000);
  say("amber", seconds > 0 ? `Reconnecting, next try in ${seconds} s` : "Reconnecting now");
}

function say(tone = "", sentence = "") {
  if (!line) return;
  line.hidden = !sentence;
  line.className = `notice live-line tone-${tone}`;
  if (line.textContent !== sentence) line.textContent = sentence;
}

for (const topic of new Set(lists.map((list) => list.dataset.doorbell))) listen(topic);

function listen(topic) {
  let failures = 0;
  let missed = false;
  let timer;
  let open;
  let rung = 0;
  let waiting;

  const ring = () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      // Nothing moves under an open dialog or in a hidden tab; it is made good afterwards.
      if (document.hidden || document.querySelector("dialog[open]")) { missed = true; return; }
      rung = Date.now();
      missed = false;
      for (const list of document.querySelectorAll(`[data-doorbell="${topic}"]`)) {
        list.dispatchEvent(new Event("doorbell"));
      }
    }, Math.max(0, rung + REST - Date.now()));
  };

  const connect = () => {
    clearTimeout(timer);
    const address = new URL(`/ws/doorbell/?topic=${topic}`, location.href);
    address.protocol = address.protocol.replace("http", "ws");
    const socket = open = new WebSocket(address);
    socket.onopen = () => {
      if (failures) ring();
      failures = 0;
      find(topic);
    };
    socket.onmessage = ring;
    socket.onclose = (event) => {
      if (socket !== open) return;
      if (event.code === 4401 || event.code === 4403) {
        find(topic);
        say("red", "You are logged out or may no longer follow this. What you see is not live.");
        return;
      }
      failures += 1;
      const pause = Math.min(SLOWEST, 500 * 2 ** failures) * (0.5 + Math.random() / 2);
      timer = setTimeout(connect, pause);
      lose(topic, Date.now() + pause);
    };
  };

  document.addEventListener("visibilitychange", () => { if (!document.hidden && missed) ring(); });
  document.addEventListener("close", () => { if (missed) ring(); }, true);
  addEventListener("online", () => { if (failures) connect(); });
  connect();
}
