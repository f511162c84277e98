// Light or dark at once, and kept with the person. Without a choice the system decides.
const root = document.documentElement;
const dark = matchMedia("(prefers-color-scheme: dark)");
const form = document.querySelector("[data-theme-toggle]");

const current = () => root.dataset.theme ?? (dark.matches ? "dark" : "light");

form?.addEventListener("submit", (event) => {
  event.preventDefault();
  event.stopImmediatePropagation();
  const next = current() === "dark" ? "light" : "dark";
  root.dataset.theme = next;
  form.elements.theme.value = next;
  fetch(form.action, { method: "POST", body: new FormData(form) });
});
