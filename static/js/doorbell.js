// Lists that are live: the server rings, the list re-reads itself from the present address.
// hx-trigger="doorbell" on [data-doorbell] does the reading; here is only the bell.
const SLOWEST = 30000;
const REST = 1000;
const lists = [...document.querySelectorAll("[data-doorbell]")];

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

for (const topic of new Set(lists.map((list) => list.dataset.doorbell))) listen(topic);

function listen(topic) {
  let failures = 0;
  let missed = false;
  let timer;
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
    const socket = new WebSocket(address);
    socket.onopen = () => {
      if (failures) ring();
      failures = 0;
    };
    socket.onmessage = ring;
    socket.onclose = (event) => {
      if (event.code === 4401 || event.code === 4403) return;
      failures += 1;
      const pause = Math.min(SLOWEST, 500 * 2 ** failures) * (0.5 + Math.random() / 2);
      timer = setTimeout(connect, pause);
    };
  };

  document.addEventListener("visibilitychange", () => { if (!document.hidden && missed) ring(); });
  document.addEventListener("close", () => { if (missed) ring(); }, true);
  addEventListener("online", () => { if (failures) connect(); });
  connect();
}
