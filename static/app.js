// Small comforts on top of pages that work without them.

// Times in the reader's own time zone; the original stays in the tooltip.
const language = document.documentElement.lang === "en" ? "en-GB" : document.documentElement.lang;
const local = new Intl.DateTimeFormat(language, {
  numberingSystem: "latn", day: "numeric", month: "long", year: "numeric",
  hour: "2-digit", minute: "2-digit", second: "2-digit", timeZoneName: "short",
});
for (const time of document.querySelectorAll("time[datetime]")) {
  const date = new Date(time.dateTime);
  if (isNaN(date)) continue;
  time.title = time.textContent;
  time.textContent = local.format(date);
}

// The session on the profile, by what the script of the session tells each second.
const session = document.querySelector("[data-both]");
if (session) {
  document.addEventListener("session-time", ({ detail }) => {
    for (const el of session.querySelectorAll("[data-since]")) say(el, span(session.dataset, detail.now - detail.since));
    for (const el of session.querySelectorAll("[data-until]")) {
      const end = detail[el.dataset.until];
      say(el, span(session.dataset, end - detail.now));
      el.parentElement.querySelector("meter").value = (end - detail.now) / 1000;
      const moment = el.parentElement.querySelector("time");
      moment.dateTime = new Date(end).toISOString();
      say(moment, local.format(end));
    }
  });
}

function say(el, text) {
  if (el.textContent !== text) el.textContent = text;
}

// How long, to the nearest minute and in the two largest units that matter, as the server says it.
function span({ moment, both }, milliseconds) {
  const minutes = Math.round(milliseconds / 60_000);
  const days = Math.floor(minutes / 1440);
  const hours = Math.floor(minutes / 60) % 24;
  const count = (n, unit) => new Intl.NumberFormat(language, { numberingSystem: "latn", style: "unit", unit, unitDisplay: "long" }).format(n);
  const two = (n, long, m, short) => (m ? both.replace("%1", count(n, long)).replace("%2", count(m, short)) : count(n, long));
  if (minutes < 1) return moment;
  if (days) return two(days, "day", hours, "hour");
  if (hours) return two(hours, "hour", minutes % 60, "minute");
  return count(minutes, "minute");
}

// Buttons that copy the text of another element.
for (const button of document.querySelectorAll("[data-copy]")) {
  if (!navigator.clipboard) break; // only on https and localhost
  button.hidden = false;
  button.addEventListener("click", async () => {
    const status = document.getElementById(button.dataset.copy + "-copied");
    try {
      await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent);
      status.textContent = button.dataset.done;
    } catch {
      status.textContent = button.dataset.refused;
    }
  });
}
