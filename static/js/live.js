// What the negotiation page makes of its connection (links.js): messages go to transcript.js, the
// header says how the connection is and how many people look at the page.
const list = document.getElementById("transcript");
const dot = document.getElementById("link-state");
const word = document.getElementById("link-word");
const viewers = document.getElementById("viewers");
const OPEN = ["queued", "running", "paused"];
let status = document.getElementById("state").dataset.status;

function tell() {
  let name = document.documentElement.dataset.link ?? "connecting";
  if (name === "live" && !OPEN.includes(status)) name = "ended";
  dot.dataset.link = { live: "live", ended: "rest", offline: "offline" }[name] ?? "waiting";
  if (word.textContent !== name) word.textContent = name;
}

document.addEventListener("parley:heard", ({ detail: frame }) => {
  if (!("head" in frame)) return;
  if (frame.type === "messages") list.dispatchEvent(new CustomEvent("parley:frame", { detail: frame }));
  status = frame.status;
  if (viewers) viewers.textContent = frame.viewers;
  tell();
});
document.addEventListener("parley:link", tell);
