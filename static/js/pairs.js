// Whose utility space is shown. What the server sends on its own is of the two whose interests oppose
// most; another pair that somebody chose is fetched again when that comes, at most every two seconds.
import { part } from "./documents.js";

const form = document.getElementById("pair");
const side = document.querySelector(".side");
const CALM = 2000;
let chosen = "", shown, waiting, order = 0;

const place = () => document.getElementById("space");
const named = (node) => new URLSearchParams({ x: node.dataset.x, y: node.dataset.y }).toString();

async function show() {
  const mine = order += 1;
  const at = document.getElementById("replay-at")?.value;
  const answer = await part(`${form.dataset.space}?${chosen}${at ? `&at=${at}` : ""}`);
  const fresh = answer?.getElementById("space");
  if (mine !== order || !fresh || !place()) return;
  shown = document.adoptNode(fresh);
  place().replaceWith(shown);
}

function keep() {
  const now = place();
  if (!chosen || !now || named(now) === chosen) return;
  if (shown) now.replaceWith(shown.cloneNode(true));
  waiting ??= setTimeout(() => { waiting = undefined; show(); }, CALM);
}

form?.addEventListener("change", (event) => {
  const { x, y } = form.elements;
  if (x.value === y.value) {
    // The same seat twice is no plane: the other select goes on to the next seat.
    const other = event.target === x ? y : x;
    other.selectedIndex = (other.selectedIndex + 1) % other.options.length;
  }
  chosen = new URLSearchParams(new FormData(form)).toString();
  show();
});
if (form && side) new MutationObserver(keep).observe(side, { childList: true, subtree: true });
