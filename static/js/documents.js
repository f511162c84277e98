// What the server sends, as documents: nothing in them is run.
const parser = new DOMParser();

export const parsed = (html) => parser.parseFromString(html, "text/html");

// Nothing where the answer is another than what was asked for.
export async function part(address) {
  const answer = await fetch(address, { headers: { "HX-Request": "true" } });
  return answer.ok && !answer.redirected ? parsed(await answer.text()) : null;
}

// Whoever is signed out meanwhile is sent to sign in by the whole page; what is refused is thrown.
export async function required(address) {
  const answer = await fetch(address);
  if (answer.redirected) location.reload();
  if (!answer.ok) throw new Error(answer.statusText);
  return parsed(await answer.text());
}
