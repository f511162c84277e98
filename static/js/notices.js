// "Paused." has been read after a while, and is over when the state changes again. What went
// wrong stays, and what leads somewhere.
const READ = 6000;
const box = document.querySelector(".notices");
const status = () => document.getElementById("state")?.dataset.status;

if (box) {
  const before = status();
  const clear = () => {
    for (const notice of box.querySelectorAll(".tone-green:not(:has(a))")) notice.remove();
    if (!box.children.length) box.remove();
  };
  setTimeout(clear, READ);
  document.addEventListener("parley:shown", () => { if (status() !== before) clear(); });
}
