// The list comes anew while somebody points at it: what is under the pointer or has the focus stays
// where it is, and what waits no longer is said before it goes.
const scroller = () => {
  const own = document.getElementById("inbox-list");
  return getComputedStyle(own).overflowY === "visible" ? document.scrollingElement : own;
};
const rows = () => [...document.querySelectorAll("#queue [data-row]")];
let before;

function held() {
  const all = rows();
  return all.find((row) => row.matches(":hover")) ?? all.find((row) => row.matches(":focus-within, :has([aria-current])"))
    ?? all.find((row) => row.getBoundingClientRect().bottom > 0);
}

document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.target.matches("#detail:hover")) event.detail.shouldSwap = false;
  if (event.detail.target.id !== "queue") return;
  const row = held();
  before = { row, top: row?.getBoundingClientRect().top, rows: rows(), pointed: document.querySelector("#queue:hover") !== null };
});

document.addEventListener("htmx:afterSwap", (event) => {
  if (event.target.id !== "queue" || !before) return;
  const { row, top, rows: old, pointed } = before;
  before = undefined;
  old.forEach((one, place) => {
    const kept = pointed || one === row && one.matches(":has([aria-current])");
    if (kept && !document.getElementById(one.id)) haunt(one, place);
  });
  const now = row && document.getElementById(row.id);
  if (now) hold(now, now.getBoundingClientRect().top - top);
});

function hold(row, moved) {
  const box = scroller();
  const room = () => box.scrollHeight - box.clientHeight - box.scrollTop;
  // A short list has nothing to scroll: it gets some room below until it comes anew.
  for (let tries = 0, below = 0; tries < 3 && moved > room(); tries += 1) {
    below += Math.ceil(moved - room());
    row.parentElement.style.paddingBlockEnd = `${below}px`;
  }
  box.scrollTop += moved;
}

function haunt(row, place) {
  const list = document.querySelector("#queue [data-list]");
  if (!list) return;
  row.classList.add("item-gone");
  row.querySelector(".item-side").textContent = "waits no longer";
  list.insertBefore(row, rows()[place] ?? null);
}
