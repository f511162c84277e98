// Puts what arrives into the page: parsed, never as innerHTML. Follows the end while the reader
// is at the end; otherwise a button counts what is new.
const list = document.getElementById("transcript");
const button = document.getElementById("follow");
const status = document.getElementById("transcript-status");
const KEPT = 1000;
const parser = new DOMParser();
let unseen = 0, arrived = 0, saying;

const node = (html) => document.adoptNode(parser.parseFromString(html, "text/html").body.firstElementChild);
const atEnd = () => innerHeight + scrollY >= document.documentElement.scrollHeight - 160;
const wide = matchMedia("(width >= 62rem)");

function show(frame) {
  const following = atEnd();
  for (const { seq, html } of frame.items) {
    if (seq <= Number(list.dataset.last)) continue;
    const card = node(html);
    card.classList.add("fresh");
    list.append(card);
    list.dataset.last = seq;
    arrived += 1;
    if (!following) unseen += 1;
  }
  while (list.children.length > KEPT) {
    list.firstElementChild.remove();
    document.getElementById("older").hidden = false;
  }
  for (const html of frame.fragments ?? []) replace(node(html));
  document.dispatchEvent(new Event("parley:shown"));
  if (following && frame.items.length) toEnd();
  count();
  say();
}

function replace(fresh) {
  const old = document.getElementById(fresh.id);
  // What the reader has unfolded stays unfolded.
  for (const open of old?.querySelectorAll("details[open][id]") ?? []) {
    fresh.querySelector(`#${CSS.escape(open.id)}`)?.setAttribute("open", "");
  }
  old?.replaceWith(fresh);
}

function toEnd() {
  scrollTo({ top: document.documentElement.scrollHeight });
  unseen = 0;
  count();
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

list.addEventListener("parley:frame", (event) => show(event.detail));
button.addEventListener("click", toEnd);
addEventListener("scroll", () => { if (unseen && atEnd()) { unseen = 0; count(); } }, { passive: true });

if (list.dataset.open === "yes" && wide.matches && !location.hash) {
  // A running table opens at its end, where things happen.
  requestAnimationFrame(toEnd);
}
