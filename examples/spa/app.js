// The page: who is signed in, their messages, and the buttons.

import { get, NotSignedIn } from "./api.js";
import { sendToWindow, signIn } from "./signin.js";

const element = (id) => document.getElementById(id);
const signedIn = element("signed-in");
const signedOut = element("signed-out");
const greeting = element("heading").textContent;

// look asks the app who is signed in and shows what fits. The words are for the two ways it can turn out; without any,
// what the status line says stays, unless somebody's session has ended.
async function look({ inWords, outWords } = {}) {
  try {
    const [me, { messages }] = await Promise.all([get("/api/me"), get("/api/messages")]);
    showMessages(messages);
    element("email").textContent = me.email ?? "";
    const changed = show(signedIn, "Welcome, ", isolated(me.name || me.preferred_username || me.email || me.sub));
    if (changed || inWords) say(inWords);
  } catch (error) {
    if (!(error instanceof NotSignedIn)) {
      if (signedIn.hidden) show(signedOut, greeting);
      warn(error.message);
      return;
    }
    const ended = show(signedOut, greeting);
    if (ended || outWords) say(outWords ?? "Your session has ended. Sign in again to go on.");
  }
}

// show turns to a section under a heading, and reports whether that took anybody away from the other section.
function show(section, ...heading) {
  const other = section === signedIn ? signedOut : signedIn;
  const changed = !other.hidden;
  section.hidden = false;
  other.hidden = true;
  element("sign-out").hidden = section !== signedIn;
  element("heading").replaceChildren(...heading);
  if (changed) {
    element("service").textContent = "";
    element("sign-in-button").textContent = "Sign in again";
    element("other-account-button").hidden = true;
    element("heading").focus();
  }
  return changed;
}

// isolated keeps the direction of a name from disturbing the words around it.
function isolated(text) {
  const bdi = document.createElement("bdi");
  bdi.textContent = text;
  return bdi;
}

function say(words = "") {
  element("status").className = "notice";
  element("status").textContent = words;
}

function warn(words) {
  say(words);
  element("status").classList.add("warning");
}

const dateFormat = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });

function showMessages(messages) {
  element("messages").replaceChildren(...messages.map(({ date, text }, index) => {
    const item = document.createElement("li");
    const time = document.createElement("time");
    item.id = `message-${index + 1}`;
    item.className = "card";
    time.dateTime = date;
    time.textContent = dateFormat.format(new Date(date));
    const words = document.createElement("p");
    words.dir = "auto";
    words.textContent = text;
    item.append(words, time);
    return item;
  }));
}

async function clickedSignIn({ otherAccount }) {
  const waiting = signIn({ otherAccount });
  element("blocked").hidden = true;
  say("Please go on in the window that has opened.");
  const { result, words } = await waiting;
  switch (result) {
    case "success":
      return look({ inWords: "You are signed in.", outWords: "The sign-in succeeded, but the browser does not send the app’s session cookie along." });
    case "error":
      element("other-account-button").hidden = false;
      return warn(words);
    case "closed":
      return look({ inWords: "You are signed in.", outWords: "The window was closed before you were signed in." });
    case "blocked":
      element("blocked").hidden = false;
      return warn("The browser did not open the sign-in window. Allow pop-ups for this page, or use the link below.");
  }
}

element("sign-in-button").addEventListener("click", () => clickedSignIn({ otherAccount: false }));
element("other-account-button").addEventListener("click", () => clickedSignIn({ otherAccount: true }));
element("reload-button").addEventListener("click", () => look({ inWords: "Loaded again." }));

// Another service, which the app calls with the person's access token: this page asks the app, and never has the token.
element("service-button").addEventListener("click", async () => {
  try {
    const { who, headers } = await get("/api/service/whoami");
    element("service").textContent = `The service knows you as ${who.sub}, and was asked ${headers.Forwarded}.`;
    say("The service has answered.");
  } catch (error) {
    element("service").textContent = "";
    if (error instanceof NotSignedIn) return look();
    warn(error.message);
  }
});

element("sign-out").addEventListener("submit", (event) => {
  sendToWindow(event.target);
  let checks = 0;
  const watch = setInterval(async () => {
    await look({ outWords: "You are signed out. You can close the other window." });
    if (signedIn.hidden || ++checks === 30) clearInterval(watch);
  }, 1000);
});

// Whoever comes back to this page may have signed in or out elsewhere.
addEventListener("focus", () => look());
addEventListener("pageshow", ({ persisted }) => persisted && look());

await look();
