// Light or dark by choice, kept in a cookie so that the server paints the right one at once.
// Without a choice the system decides.
const root = document.documentElement;
const dark = matchMedia("(prefers-color-scheme: dark)");

const current = () => root.dataset.theme ?? (dark.matches ? "dark" : "light");

document.querySelector("[data-theme-toggle]")?.addEventListener("click", () => {
  const next = current() === "dark" ? "light" : "dark";
  root.dataset.theme = next;
  const secure = location.protocol === "https:" ? "; secure" : "";
  document.cookie = `theme=${next}; path=/; max-age=31536000; samesite=lax${secure}`;
});
