// A part of the page takes the place of the one with its id. What the reader has unfolded or folded
// stays so.
export function replace(fresh) {
  const old = document.getElementById(fresh.id);
  for (const was of old?.querySelectorAll("details[id]") ?? []) {
    fresh.querySelector(`#${CSS.escape(was.id)}`)?.toggleAttribute("open", was.open);
  }
  old?.replaceWith(fresh);
}
