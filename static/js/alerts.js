// Browser notifications, on request only: for what the bell learns while nobody looks at the tab.
// Of several tabs one tells. Whether a browser shows them is that browser's, so it is kept there.
import { part } from "./documents.js";

const WISH = "parley.alerts", TOLD = "parley.told";
const can = "Notification" in window;
const bell = () => document.getElementById("bell");
const box = document.querySelector("[data-alerts]");
const on = () => can && Notification.permission === "granted" && localStorage.getItem(WISH) === "on";

// What was there when the page came is no news.
remember(Number(bell()?.dataset.newest));

function remember(newest) {
  const known = Number(localStorage.getItem(TOLD));
  if (newest > known) localStorage.setItem(TOLD, newest);
  return newest > known;
}

document.addEventListener("parley:heard", async ({ detail: frame }) => {
  if (frame.topic !== "notifications" || !on() || document.hasFocus()) return;
  const fresh = await part(bell().getAttribute("hx-get"));
  const { newest, text } = fresh?.getElementById("bell")?.dataset ?? {};
  if (!remember(Number(newest))) return;
  const told = new Notification("Parley", { body: text, tag: `parley-${newest}` });
  told.onclick = () => { focus(); location.assign(bell().href); told.close(); };
});

function show() {
  const button = box.querySelector("[data-alerts-switch]");
  const refused = can && Notification.permission === "denied";
  button.hidden = !can || refused;
  button.textContent = on() ? "Turn off" : "Turn on…";
  const state = refused ? "Your browser refuses them for this address; its own settings can change that." : on() ? "On in this browser." : "Off in this browser.";
  box.querySelector("[data-alerts-state]").textContent = state;
}

if (box && can) {
  box.querySelector("[data-alerts-switch]").addEventListener("click", async () => {
    if (on()) localStorage.setItem(WISH, "off");
    else if ((await Notification.requestPermission()) === "granted") localStorage.setItem(WISH, "on");
    show();
  });
  show();
}
