// The app's API, asked with the session cookie.

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
    throw new Error(`The app at ${appOrigin} does not answer.`);
  });
  if (response.status === 401) throw new NotSignedIn();
  if (!response.ok) throw new Error(await problem(response));
  return response.json();
}

// problem reads the app's own words about an error (RFC 9457).
async function problem(response) {
  const { title, detail } = await response.json().catch(() => ({}));
  return title ? `${title}. ${detail}` : `The app answered with an error (${response.status}).`;
}
