// Sign-in and sign-out happen in a window of the app, because only there can Okta ask for a password.

import { appOrigin } from "./api.js";

const windowFeatures = "popup,width=480,height=720";
const pollInterval = 400; // milliseconds

// What the app says went wrong, in words.
const reasons = new Map([
  ["access_denied", "Okta did not let you in. Your account may not be assigned to this app. Try another account, or ask your administrator."],
  ["login_required", "Okta needs to ask you something. Please sign in again."],
  ["expired", "That sign-in took too long or was finished before. Please sign in again."],
  ["okta_unreachable", "Okta can't be reached at the moment. Please try again in a minute."],
  ["temporarily_unavailable", "Okta has a problem at the moment. Please try again in a minute."],
  ["unmet_authentication_requirements", "A stronger sign-in is needed, and it did not happen. Please try again."],
]);

let giveUp = () => {}; // ends the wait for a window that is not needed any more

// signIn opens the window and resolves when it is known how the sign-in went, to { result } and, where there is
// something to say, { words }. The results:
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

function answerOf({ result, reason }) {
  if (result === "success") return { result };
  return { result: "error", words: reasons.get(reason) ?? `The sign-in did not succeed (${reason}).` };
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
