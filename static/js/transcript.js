// Puts what arrives into the page: parsed, never as innerHTML. Follows the end until the reader
// scrolls up, and again from the end on; meanwhile a button counts what is new.
const list = document.getElementById("transcript");
const button = document.getElementById("follow");
const status = document.getElementById("transcript-status");
const KEPT = 1000;
const ROOM = 24, CLOSE = 40, FAR = 160, A_MOMENT = 700;
const parser = new DOMParser();
let unseen = 0, arrived = 0, saying;
let following = false, was = scrollY, touched = -Infinity;

const node = (html) => document.adoptNode(parser.parseFromString(html, "text/html").body.firstElementChild);
// The end is the end of the list: on a narrow screen more of the page comes after it.
const toGo = () => list.getBoundingClientRect().bottom + ROOM - innerHeight;

function show(frame) {
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
  keepUp();
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

function follow() {
  following = true;
  unseen = 0;
  count();
  keepUp();
}

function keepUp() {
  if (following) scrollTo({ top: scrollY + toGo(), behavior: "instant" });
  was = scrollY;
}

function scrolled() {
  const up = scrollY < was;
  const byHand = performance.now() - touched < A_MOMENT;
  was = scrollY;
  if (!up && toGo() < CLOSE) {
    if (!following) follow();
  } else if (up && toGo() > (byHand ? 8 : FAR)) {
    // What only the layout moved, `keepUp` has put right before this is told.
    following = false;
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

list.addEventListener("parley:frame", (event) => show(event.detail));
button.addEventListener("click", follow);
addEventListener("scroll", scrolled, { passive: true });
for (const input of ["wheel", "touchmove", "keydown", "pointerdown"]) {
  addEventListener(input, () => { touched = performance.now(); }, { passive: true, capture: true });
}

if (list.dataset.open === "yes" && !location.hash) {
  // A running table opens at its end, where things happen.
  history.scrollRestoration = "manual";
  requestAnimationFrame(follow);
}
// Cards have an estimated height until they are drawn, and pictures above grow.
const heights = new ResizeObserver(keepUp);
heights.observe(list);
heights.observe(document.body);
addEventListener("resize", keepUp);
