// A part of the page that could not be fetched says so: htmx by itself would leave it as it was. What
// reads itself again by itself tries again by itself.
const main = document.getElementById("main");

function fail(event, sentence) {
  if (event.detail.requestConfig?.triggeringEvent?.type === "doorbell") return;
  const old = document.getElementById("failure");
  const notice = Object.assign(document.createElement("p"), { id: "failure", className: "notice tone-red", role: "alert" });
  notice.textContent = sentence;
  old?.remove();
  main.prepend(notice);
  notice.scrollIntoView({ block: "nearest" });
}

export function refusal(status, id) {
  const what = status >= 500 ? "Parley made a mistake; of this nothing is half saved." : "That was refused, and nothing was changed.";
  return `${what} What you typed is still here.${id ? ` If you ask for help, quote ${id}.` : ""}`;
}

document.addEventListener("htmx:responseError", (event) => {
  const { xhr } = event.detail;
  fail(event, refusal(xhr.status, xhr.getResponseHeader("X-Error-Id")));
});
document.addEventListener("htmx:sendError", (event) => fail(event, "Parley cannot be reached. What you typed is still here; try again when the connection is back."));
