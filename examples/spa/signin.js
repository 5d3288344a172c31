// Sign-in and sign-out happen in a window of the app, because only there can Okta ask for a password.

import { appOrigin } from "./api.js";
import { has, words } from "./words.js";

const windowFeatures = "popup,width=480,height=720";
const pollInterval = 400; // milliseconds

let giveUp = () => {}; // ends the wait for a window that is not needed any more

// signIn opens the window and resolves when it is known how the sign-in went, to { result } and, where there is
// something to say, { why }. The results:
//   success, error  the app has said so
//   closed          the window is gone, and nobody has said anything
//   blocked         the browser opened no window
//   replaced        signIn was called again meanwhile
// Browsers open a window only while they handle a click: call it from there, with nothing awaited before.
export function signIn({ otherAccount = false } = {}) {
  giveUp();
  const address = new URL("/authorization-code/login-redirect", appOrigin);
  address.search = new URLSearchParams({ display: "popup", origin: location.origin, ...(otherAccount && { prompt: "login" }) });
  const popup = window.open(address, "okta-sign-in", windowFeatures);
  if (!popup) return Promise.resolve({ result: "blocked" });
  popup.focus();

  const { promise, resolve } = Promise.withResolvers();
  const done = new AbortController();
  const finish = (answer) => {
    done.abort();
    resolve(answer);
  };
  giveUp = () => finish({ result: "replaced" });
  addEventListener("message", (event) => {
    if (event.origin !== appOrigin || event.source !== popup || event.data?.type !== "okta-sign-in") return;
    finish(answerOf(event.data));
  }, { signal: done.signal });
  closed(popup, done.signal).then(() => finish({ result: "closed" }));
  return promise;
}

// answerOf reads the app's message. Its reasons that people can do something about have words of their own.
function answerOf({ result, reason }) {
  if (result === "success") return { result };
  return { result: "error", why: has(`reason_${reason}`) ? words(`reason_${reason}`) : words("not_signed_in", { what: reason }) };
}

// sendToWindow has the sign-out form, which is being submitted, lead to a window of its own. Where the browser opens
// none, it leads away from this page. That window tells nobody how it went: ask the app.
export function sendToWindow(form) {
  const name = "okta-sign-out";
  const popup = window.open("", name, windowFeatures);
  form.action = new URL("/authorization-code/logout", appOrigin);
  form.target = popup ? name : "_top";
}

// closed resolves when the window looks closed, never after signal. A page that isolates itself from its opener
// (Cross-Origin-Opener-Policy) looks closed as well, so whoever waits must ask the app what is true. A message sent
// just before the end is let arrive first.
async function closed(popup, signal) {
  while (!popup.closed && !signal.aborted) await pause(pollInterval);
  await pause(pollInterval);
}

const pause = (milliseconds) => new Promise((resume) => setTimeout(resume, milliseconds));
