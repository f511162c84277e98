// Makes what is there like what has come, node by node: what did not change is not touched, so
// focus, hover, ticks and what somebody types stay. Times say their own words (times.js).
export function morph(here, fresh) {
  if (here.nodeType !== fresh.nodeType || here.nodeName !== fresh.nodeName || here.id !== fresh.id) {
    here.replaceWith(fresh);
    return;
  }
  if (here.nodeType !== Node.ELEMENT_NODE) {
    if (here.nodeValue !== fresh.nodeValue) here.nodeValue = fresh.nodeValue;
    return;
  }
  if (here.nodeName === "TIME" && here.dateTime === fresh.dateTime) return;
  if (here.isEqualNode(fresh)) return;
  attributes(here, fresh);
  const old = [...here.childNodes];
  for (const [place, child] of [...fresh.childNodes].entries()) {
    if (old[place]) morph(old[place], child); else here.append(child);
  }
  for (const gone of old.slice(fresh.childNodes.length)) gone.remove();
}

function attributes(here, fresh) {
  for (const { name } of [...here.attributes]) if (!fresh.hasAttribute(name)) here.removeAttribute(name);
  for (const { name, value } of fresh.attributes) {
    if (here.getAttribute(name) !== value) here.setAttribute(name, value);
  }
}
