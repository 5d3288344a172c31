// The page: who is signed in, their messages, and the buttons.

import { get, NotSignedIn } from "./api.js";
import { sendToWindow, signIn } from "./signin.js";
import { language, pieces, translate, words } from "./words.js";

translate();

const element = (id) => document.getElementById(id);
const signedIn = element("signed-in");
const signedOut = element("signed-out");

// look asks the app who is signed in and shows what fits. inWords and outWords name the words for the two ways it can
// turn out; without any, what the status line says stays, unless somebody's session has ended.
async function look({ inWords, outWords } = {}) {
  try {
    const [me, { messages }] = await Promise.all([get("/api/me"), get("/api/messages")]);
    showMessages(messages);
    element("email").textContent = me.email ?? "";
    const changed = show(signedIn, ...pieces("welcome", { name: isolated(me.name || me.preferred_username || me.email || me.sub) }));
    if (changed || inWords) say(inWords && words(inWords));
  } catch (error) {
    if (!(error instanceof NotSignedIn)) {
      if (signedIn.hidden) show(signedOut, words("heading"));
      warn(error.message);
      return;
    }
    const ended = show(signedOut, words("heading"));
    if (ended || outWords) say(words(outWords ?? "ended"));
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
    element("sign-in-button").textContent = words("sign_in_again");
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

function say(text = "") {
  element("status").className = "notice";
  element("status").textContent = text;
}

function warn(text) {
  say(text);
  element("status").classList.add("warning");
}

const dateFormat = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short", numberingSystem: "latn" });

function showMessages(messages) {
  element("messages").replaceChildren(...messages.map(({ date, text }, index) => {
    const item = document.createElement("li");
    const time = document.createElement("time");
    item.id = `message-${index + 1}`;
    item.className = "card";
    time.dateTime = date;
    time.textContent = dateFormat.format(new Date(date));
    const paragraph = document.createElement("p");
    paragraph.dir = "auto";
    paragraph.textContent = text;
    item.append(paragraph, time);
    return item;
  }));
}

async function clickedSignIn({ otherAccount }) {
  const waiting = signIn({ otherAccount });
  element("blocked").hidden = true;
  say(words("go_on_there"));
  const { result, why } = await waiting;
  switch (result) {
    case "success":
      return look({ inWords: "signed_in", outWords: "no_cookie" });
    case "error":
      element("other-account-button").hidden = false;
      return warn(why);
    case "closed":
      return look({ inWords: "signed_in", outWords: "window_closed" });
    case "blocked":
      element("blocked").hidden = false;
      return warn(words("window_blocked"));
  }
}

element("sign-in-button").addEventListener("click", () => clickedSignIn({ otherAccount: false }));
element("other-account-button").addEventListener("click", () => clickedSignIn({ otherAccount: true }));
element("reload-button").addEventListener("click", () => look({ inWords: "loaded" }));

// Another service, which the app calls with the person's access token: this page asks the app, and never has the token.
element("service-button").addEventListener("click", async () => {
  try {
    const { who, headers } = await get("/api/service/whoami");
    element("service").textContent = words("service_says", { who: who.sub, how: headers.Forwarded });
    say(words("service_answered"));
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
    await look({ outWords: "signed_out" });
    if (signedIn.hidden || ++checks === 30) clearInterval(watch);
  }, 1000);
});

// Whoever comes back to this page may have signed in or out elsewhere.
addEventListener("focus", () => look());
addEventListener("pageshow", ({ persisted }) => persisted && look());

await look();
