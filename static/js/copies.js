// Copies what a link leads to, as text. Where nothing can be copied, the link is a link.
const SHOWN = 1600;

document.addEventListener("click", async (event) => {
  const link = event.target.closest("[data-copy]");
  if (!link || !navigator.clipboard || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const word = link.dataset.word ??= link.textContent;
  try {
    const answer = await fetch(link.href);
    if (!answer.ok || answer.redirected) throw new Error(answer.statusText);
    await navigator.clipboard.writeText(await answer.text());
    link.textContent = "copied";
  } catch {
    location.assign(link.href);
  }
  setTimeout(() => { link.textContent = word; }, SHOWN);
});
