// What an operator does to the table: a dialog whose action no longer applies closes and says so;
// after a step the focus is on what can be done next.
const line = document.getElementById("step-line");
const SHOWN = 12000;
let hiding;

function check() {
  const state = document.getElementById("state");
  for (const dialog of document.querySelectorAll("dialog[open][data-while]")) {
    if (dialog.dataset.while.split(" ").includes(state.dataset.status)) continue;
    dialog.close();
    const now = state.querySelector(".badge").textContent.trim().toLowerCase();
    tell(`The table changed while you were writing: it is now “${now}”. Nothing was done.`);
    focusNext();
  }
}

function tell(sentence) {
  line.textContent = sentence;
  line.hidden = false;
  clearTimeout(hiding);
  hiding = setTimeout(() => { line.hidden = true; }, SHOWN);
}

function focusNext() {
  const usable = [...document.querySelectorAll(".controls button, #state a")].filter((one) => one.checkVisibility());
  (usable[0] ?? document.getElementById("main")).focus({ preventScroll: true });
}

document.addEventListener("parley:shown", check);
if (document.querySelector(".notices")) focusNext();
