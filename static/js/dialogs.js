// Native dialogs. A button with data-dialog="id" opens one and never decides by itself;
// Ctrl or ⌘ with Enter confirms inside, and sends a form with a bar at its foot; data-inert-ms keeps a
// button still for a moment.
document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-dialog]");
  if (opener) {
    open(document.getElementById(opener.dataset.dialog));
    return;
  }
  if (event.target.closest("[data-close]")) event.target.closest("dialog")?.close();
  // A click on the backdrop lands on the dialog itself.
  if (event.target.nodeName === "DIALOG") event.target.close();
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
  const form = event.target.closest("dialog")?.querySelector("form") ?? event.target.closest("form:has(.save-bar)");
  const button = form?.querySelector(".save-bar [type=submit]") ?? form?.querySelector("[type=submit]");
  if (!button || button.disabled) return;
  event.preventDefault();
  form.requestSubmit(button);
});

// Twice pressed is once sent.
document.addEventListener("submit", (event) => {
  if (event.target.dataset.sent) event.preventDefault();
  event.target.dataset.sent = "yes";
  setTimeout(() => delete event.target.dataset.sent, 4000);
});

// What has just appeared under a finger is not pressed by it: a button rests when it comes, also by a
// live change, and one that confirms a dialog whenever that opens.
const rested = new WeakSet();

function pause(button) {
  button.disabled = true;
  button.dataset.resting = "";
  clearTimeout(button.awakens);
  button.awakens = setTimeout(() => {
    button.disabled = false;
    delete button.dataset.resting;
  }, Number(button.dataset.inertMs));
}

function rest() {
  for (const button of document.querySelectorAll("[data-inert-ms]")) {
    if (rested.has(button) || button.closest("dialog")) continue;
    rested.add(button);
    pause(button);
  }
}

function open(dialog) {
  if (!dialog || dialog.open) return;
  dialog.showModal();
  dialog.querySelectorAll("[data-inert-ms]").forEach(pause);
}

function openNow() {
  for (const dialog of document.querySelectorAll("dialog[data-open-now]")) {
    dialog.removeAttribute("open");
    dialog.removeAttribute("data-open-now");
    open(dialog);
  }
}

rest();
openNow();
document.addEventListener("htmx:afterSwap", () => { rest(); openNow(); });
