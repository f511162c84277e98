// Keeps relative times true: "3 minutes ago" grows old by itself. The absolute one is on hover, in
// the person's time zone; without a chosen one in the browser's, which the server is told.
const zone = document.documentElement.dataset.zone || Intl.DateTimeFormat().resolvedOptions().timeZone;
const words = new Intl.RelativeTimeFormat("en-GB", { numeric: "always" });
const steps = [["day", 86400], ["hour", 3600], ["minute", 60], ["second", 1]];
const parts = { day: "2-digit", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit", second: "2-digit" };
const day = new Intl.DateTimeFormat("en-GB", { ...parts, hourCycle: "h23", timeZone: zone, timeZoneName: "shortOffset" });
const zoned = new WeakSet();

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

function absolute(then) {
  const found = Object.fromEntries(day.formatToParts(then).map(({ type, value }) => [type, value]));
  const month = found.month.slice(0, 3), away = found.timeZoneName.replace("GMT", "UTC").replace(/\+0$/, "");
  return `${found.day} ${month} ${found.year}, ${found.hour}:${found.minute}:${found.second} ${away}`;
}

function refresh() {
  for (const time of document.querySelectorAll("time[data-ago]")) {
    const then = Date.parse(time.dateTime), text = relative(then);
    if (time.textContent !== text) time.textContent = text;
    if (zoned.has(time)) continue;
    zoned.add(time);
    // Cards that come live were made for everybody.
    const title = absolute(then);
    if (time.title !== title) time.title = title;
  }
}

const secure = location.protocol === "https:" ? "; secure" : "";
document.cookie = `zone=${Intl.DateTimeFormat().resolvedOptions().timeZone}; path=/; max-age=31536000; samesite=lax${secure}`;
refresh();
setInterval(refresh, 5000);
document.addEventListener("htmx:afterSwap", refresh);
document.addEventListener("parley:shown", refresh);
