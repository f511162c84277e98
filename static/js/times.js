// Keeps relative times true: "3 minutes ago" grows old by itself. The absolute one is on hover.
const words = new Intl.RelativeTimeFormat("en-GB", { numeric: "always" });
const steps = [["day", 86400], ["hour", 3600], ["minute", 60], ["second", 1]];

function relative(then) {
  const seconds = Math.round((then - Date.now()) / 1000);
  if (seconds >= 5) return `in ${left(seconds)}`;
  if (Math.abs(seconds) < 5) return "just now";
  const [unit, size] = steps.find(([, size]) => Math.abs(seconds) >= size);
  return words.format(Math.trunc(seconds / size), unit);
}

// A deadline counts: minutes matter until the last day, seconds in the last minute.
function left(seconds) {
  const minutes = Math.floor(seconds / 60), hours = Math.floor(minutes / 60);
  if (hours >= 24) return `${Math.floor(hours / 24)} d ${hours % 24} h`;
  if (hours) return `${hours} h ${minutes % 60} min`;
  return minutes ? `${minutes} min` : `${seconds} s`;
}

function refresh() {
  for (const time of document.querySelectorAll("time[data-ago]")) {
    const text = relative(Date.parse(time.dateTime));
    if (time.textContent !== text) time.textContent = text;
  }
}

refresh();
setInterval(refresh, 5000);
document.addEventListener("htmx:afterSwap", refresh);
document.addEventListener("parley:shown", refresh);
