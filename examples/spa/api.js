// The app's API, asked with the session cookie.

import { words } from "./words.js";

export const appOrigin = document.querySelector('meta[name="app-origin"]').content;

// NotSignedIn says that the app knows no session of this browser, or no longer.
export class NotSignedIn extends Error {}

// get returns the JSON at a path of the app. Other errors than NotSignedIn have a message for people.
export async function get(path) {
  const response = await fetch(appOrigin + path, {
    credentials: "include",
    headers: { Accept: "application/json" },
    signal: AbortSignal.timeout(10_000),
  }).catch(() => {
    throw new Error(words("no_answer", { app: appOrigin }));
  });
  if (response.status === 401) throw new NotSignedIn();
  if (!response.ok) throw new Error(await problem(response));
  return response.json();
}

// problem says what went wrong. The app's answer (RFC 9457) has a reason, which stays the same; its sentences are English.
async function problem(response) {
  const { reason } = await response.json().catch(() => ({}));
  return words("failed", { what: reason ?? response.status });
}
