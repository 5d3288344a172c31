// Tells the window that opened this one how the sign-in went, at exactly the origin the server allowed, and closes.
const { origin, result, reason } = document.getElementById("popup-done").dataset;
if (window.opener && /^https?:\/\/[^/]+$/.test(origin)) {
  window.opener.postMessage({ type: "okta-sign-in", result, reason }, origin);
}
window.close();
