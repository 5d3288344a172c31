// Says when the session is about to end, has it go on, and hides the page when it is over. It begins with what the page
// knows, hears what other tabs do, and asks the server, which keeps no session alive, only where something is due.
const { url, signIn, state: first, idleNotice, endNotice, lang, dir, texts } =
  JSON.parse(document.querySelector("script[data-session]").dataset.session);
const tabs = new BroadcastChannel("session " + url);
const acknowledged = "session-end-acknowledged";

let state = read(first); // what was told last
let looked = Date.now(); // when the server was asked last
let ahead = looked - state.now; // of this clock before the server's
let asking = null; // the request on its way
let goingOn = false;
let away = false; // the server did not hear that the person goes on
let dialog = null;
let hidden = null; // what the page shows while there is a session

if (state.signed_in) {
  tabs.onmessage = ({ data }) => hear(data);
  setInterval(tick, 1000); // browsers slow it down in the background
  for (const [target, event] of [[document, "visibilitychange"], [window, "focus"], [window, "pageshow"]]) {
    target.addEventListener(event, comeBack);
  }
  tick();
}
tabs.postMessage(state.signed_in ? state : null);

// read makes numbers of the times.
function read({ now, since, ends, idle_ends: idleEnds, ...rest }) {
  const [n, s, e, i] = [now, since, ends, idleEnds].map(Date.parse);
  return { ...rest, now: n, since: s, ends: e, idleEnds: i };
}

// hear takes what another tab was told. Nothing means that there was nobody: look.
function hear(told) {
  if (!told) {
    look();
  } else if (!state.signed_in || told.since > state.since || (told.since === state.since && told.idleEnds > state.idleEnds)) {
    state = told;
    tick();
  }
}

// comeBack is after the person, the computer or the page has been away.
function comeBack(event) {
  if (!document.hidden && (event.persisted || Date.now() - looked > 30_000)) look();
  tick();
}

function look() {
  return (asking ??= ask("GET").finally(() => (asking = null)).then(tick));
}

// ask takes what the server says. Where it says nothing, what was told before counts.
async function ask(method) {
  looked = Date.now();
  try {
    const answer = await fetch(url, { method, cache: "no-store", headers: { Accept: "application/json" }, signal: AbortSignal.timeout(10_000) });
    if (answer.ok) {
      state = read(await answer.json());
      ahead = looked - state.now; // by when it was asked: the computer may have slept since
    } else if (answer.status === 401) {
      state = { signed_in: false };
    } else {
      throw new Error(answer.statusText);
    }
    return true;
  } catch {
    state.now = Date.now() - ahead;
    return false;
  }
}

async function goOn() {
  goingOn = true;
  await asking;
  away = !(await ask("POST"));
  goingOn = false;
  if (!away) tabs.postMessage(state.signed_in ? state : null);
  tick();
}

function tick() {
  if (goingOn) return;
  const now = Date.now() - ahead;
  const due = (at) => now >= at && (state.now >= at || (look(), false));
  if (!state.signed_in || state.subject !== first.subject || due(state.idleEnds)) {
    return hide();
  }
  if (now >= state.idleEnds) return;
  restore();
  if (state.idleEnds < state.ends && due(state.idleEnds - idleNotice * 1000)) {
    show("ask", state.idleEnds - now);
  } else if (sessionStorage.getItem(acknowledged) !== String(state.ends) && due(state.ends - endNotice * 1000)) {
    show("save", state.ends - now);
  } else {
    away = false;
    close();
  }
  document.dispatchEvent(new CustomEvent("session-time", { detail: { ...state, now } }));
}

function show(kind, left) {
  if (dialog?.kind !== kind) {
    close();
    open(kind);
  }
  const text = (away ? texts.away + " " : "") + texts[kind].replace("%1", span(left));
  if (dialog.text.textContent !== text) dialog.text.textContent = text;
}

// open shows a dialogue. However the person closes it, they were there: the session goes on.
function open(kind) {
  const box = element("dialog", { className: "session-time", lang, dir });
  const heading = element("h2", { id: "session-time-heading", textContent: texts[kind + "Title"] });
  if (kind === "save") heading.tabIndex = -1; // gets the focus: the key that is pressed just then is not to close it
  const text = element("p", { id: "session-time-text" });
  const button = element("button", { type: "button", className: "button", textContent: kind === "ask" ? texts.goOn : texts.understood });
  box.setAttribute("role", "alertdialog");
  box.setAttribute("aria-labelledby", heading.id);
  box.setAttribute("aria-describedby", text.id);
  box.append(heading, text, button);
  button.onclick = () => box.close();
  box.onclose = () => {
    if (dialog?.box !== box) return;
    close();
    if (kind === "ask") goOn();
    else sessionStorage.setItem(acknowledged, state.ends);
  };
  dialog = { kind, box, text, title: document.title };
  document.title = heading.textContent + " · " + document.title;
  document.body.append(box);
  box.showModal();
}

function close() {
  if (!dialog) return;
  const { box, title } = dialog;
  dialog = null;
  document.title = title;
  box.close();
  box.remove();
}

// hide takes everything off the page, and keeps it for when the same person is back.
function hide() {
  if (hidden) return;
  close();
  hidden = { nodes: [...document.body.childNodes], title: document.title };
  const heading = element("h1", { textContent: texts.overTitle, tabIndex: -1 });
  const way = element("p", { className: "actions" });
  way.append(element("a", { className: "button", href: signIn, textContent: texts.signIn }));
  const main = element("main", { className: "session-over", lang, dir });
  main.append(heading, element("p", { textContent: texts.over }), way);
  document.body.replaceChildren(main);
  document.title = texts.overTitle;
  heading.focus();
}

function restore() {
  if (!hidden) return;
  document.body.replaceChildren(...hidden.nodes);
  document.title = hidden.title;
  hidden = null;
}

// span says how long, to the nearest minute, and in seconds at the end.
function span(milliseconds) {
  const seconds = Math.max(0, Math.ceil(milliseconds / 1000));
  const [n, unit] = seconds < 60 ? [seconds, "second"] : [Math.round(seconds / 60), "minute"];
  return new Intl.NumberFormat(lang, { numberingSystem: "latn", style: "unit", unit, unitDisplay: "long" }).format(n);
}

function element(name, properties) {
  return Object.assign(document.createElement(name), properties);
}
