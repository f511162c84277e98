// Which part of the transcript is in the page. Older and newer messages come on demand, the words
// under the eye stay where they are, and never more than KEPT cards are there. Others ask by
// "parley:load" on the list ({ at | newest | fresh }) and hear "parley:loaded" when it is done.
import { required } from "./documents.js";

const list = document.getElementById("transcript");
const box = document.getElementById("messages");
const KEPT = 1000, AHEAD = "1200px 0px";
const edges = { older: document.getElementById("older"), newer: document.getElementById("newer") };
let order = 0, busy = false;

const seq = (card) => Number(card?.dataset.seq ?? 0);
export const searching = () => /[?&](q|agent|act)=/.test(location.search);

async function part(where) {
  const query = new URLSearchParams(location.search);
  for (const name of ["at", "before", "after"]) query.delete(name);
  for (const [name, value] of Object.entries(where)) query.set(name, value);
  const answer = await required(`/negotiations/${list.dataset.negotiation}/messages/?${query}`);
  const fresh = document.adoptNode(answer.getElementById("messages"));
  return { fresh, cards: [...fresh.querySelectorAll("#transcript > li")] };
}

// What was loaded last wins, also over an answer that was slow to come.
async function replace(where) {
  const mine = order += 1;
  const { fresh, cards } = await part(where);
  if (mine !== order) return false;
  list.replaceChildren(...cards);
  told(fresh, "older", "newer");
  return true;
}

async function extend(side) {
  const mine = order;
  const end = () => (side === "older" ? list.firstElementChild : list.lastElementChild);
  const card = end();
  const { fresh, cards } = await part(side === "older" ? { before: seq(card) } : { after: seq(card) });
  // Another part may have been asked for before, and come in between.
  if (mine !== order || card !== end()) return 0;
  keeping(() => {
    if (side === "older") list.prepend(...cards); else list.append(...cards.filter((one) => seq(one) > seq(list.lastElementChild)));
    trim(side === "older" ? "newer" : "older");
  });
  told(fresh, side);
  return cards.length;
}

function trim(side) {
  while (list.children.length > KEPT) {
    (side === "newer" ? list.lastElementChild : list.firstElementChild).remove();
    mark(side, true);
  }
}

// Chips and the line about what is hidden are as fresh as the messages.
function told(fresh, ...sides) {
  for (const side of sides) mark(side, !fresh.querySelector(`#${side}`).hidden || (side === "newer" && lacking()));
  for (const id of ["talk-chips", "talk-line"]) {
    const old = document.getElementById(id);
    const chip = old.contains(document.activeElement) ? document.activeElement.dataset.chip : undefined;
    old.replaceWith(fresh.querySelector(`#${id}`));
    if (chip) document.querySelector(`[data-chip="${CSS.escape(chip)}"]`)?.focus({ preventScroll: true });
  }
  document.dispatchEvent(new Event("parley:shown"));
}

// Something was said while this was on its way, and is in neither.
const lacking = () => !searching() && Number(list.dataset.last) > seq(list.lastElementChild);

function mark(side, more) {
  edges[side].hidden = !more;
  box.dataset[side] = more ? "yes" : "no";
}

function keeping(change) {
  const under = [...list.children].find((one) => one.getBoundingClientRect().bottom > innerHeight / 4);
  const before = under?.getBoundingClientRect().top;
  change();
  if (under?.isConnected) scrollBy({ top: under.getBoundingClientRect().top - before, behavior: "instant" });
}

async function load(event) {
  const { at, newest, fresh } = event.detail;
  try {
    if (fresh) {
      const count = await extend("newer");
      done({ fresh: count });
    } else if (await replace(newest ? {} : { at })) done({ at, newest });
  } catch { /* The banner of the connection says it; what is here stays. */ }
}

const done = (detail) => list.dispatchEvent(new CustomEvent("parley:loaded", { detail }));

const near = new IntersectionObserver(async (entries) => {
  const seen = entries.find((entry) => entry.isIntersecting);
  if (!seen || busy) return;
  busy = true;
  try { await extend(seen.target.id); } catch { /* As above; scrolling tries again. */ }
  busy = false;
  watch();
}, { rootMargin: AHEAD });

// Told anew, an edge that is still near is seen again.
function watch() {
  near.disconnect();
  for (const edge of Object.values(edges)) near.observe(edge);
}

box.addEventListener("click", (event) => {
  const link = event.target.closest("[data-load]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const wish = link.dataset.load === "first" ? { at: 1 } : { newest: true };
  list.dispatchEvent(new CustomEvent("parley:load", { detail: wish }));
});
list.addEventListener("parley:load", load);
list.addEventListener("parley:grown", () => trim("older"));
mark("older", !edges.older.hidden);
mark("newer", !edges.newer.hidden);
// The transcript is put to its end first; what is above it is not needed yet.
addEventListener("load", () => setTimeout(watch, 300));
