// Lists that are live: the server rings, the list re-reads itself from the present address.
// hx-trigger="doorbell" on [data-doorbell] does the reading; here is only the bell.
const SLOWEST = 30000;
const REST = 1000;
const lists = [...document.querySelectorAll("[data-doorbell]")];

// Who was logged out meanwhile is sent to the login page, not shown it inside a list.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { requestConfig, xhr } = event.detail;
  if (new URL(xhr.responseURL).pathname === new URL(requestConfig.path, location.href).pathname) return;
  event.detail.shouldSwap = false;
  location.assign(location.pathname);
});

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
