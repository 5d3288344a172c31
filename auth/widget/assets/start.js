// Shows Okta's Sign-In Widget as the page's data say. What keeps it from being shown is told to the person, who gets the
// way to Okta's own page, and to the app, in one word.
(() => {
  const box = document.getElementById("sign-in-widget");
  const config = JSON.parse(box.dataset.config);
  // A reload goes on where the person stood, and the address bar loses the code of a mail's link.
  history.replaceState(null, "", config.resume);

  // The widget keeps labels in mind for as long as its own version lasts. Ours may change before.
  if (config.widget.language === "ar") localStorage.removeItem("osw.languages");

  // The widget warns of a sign-in that the tab remembers and that is not this page's.
  const kept = "okta-transaction-storage";
  if (!(sessionStorage.getItem(kept) || config.state).includes(config.state)) sessionStorage.removeItem(kept);

  // The app keeps a sign-in in mind for ten minutes. A page that nobody has touched gets a new one in time.
  setTimeout(() => {
    const typed = [...box.querySelectorAll("input")].some((input) => /^(text|email|tel|password)$/.test(input.type) && input.value);
    if (!typed) location.replace(config.resume);
  }, config.stale * 1000);

  let reported = false;
  function fail(reason) {
    if (reported) return;
    reported = true;
    box.hidden = true;
    const problem = document.getElementById("sign-in-problem");
    problem.hidden = false;
    const body = new URLSearchParams({ state: config.state, reason });
    fetch(config.report, { method: "POST", body, keepalive: true }).catch(() => {});
  }

  // A script is not told whether its origin was refused or nobody was there: a request whose answer it may not read tells.
  async function unanswered() {
    try {
      await fetch(config.org + "/.well-known/okta-organization", { mode: "no-cors", credentials: "omit" });
      return "origin";
    } catch {
      return "unreachable";
    }
  }

  async function why(error) {
    const code = error.errorCode || error.error;
    if (code === "access_denied" || code === "unauthorized_client") return "interaction_code";
    if (error.name === "OAuthError") return "client";
    const status = error.xhr && error.xhr.status || error.statusCode;
    return status ? "okta" : unanswered();
  }

  if (!window.OktaSignIn) return fail("script");
  const widget = new OktaSignIn(config.widget);
  // Classic shows its form without asking Okta anything, and does not say that an answer never came.
  widget.on("afterError", async (_, error) => {
    const status = error.statusCode || error.xhr && error.xhr.status;
    if (!config.widget.useClassicEngine || status) return;
    const options = { method: "POST", credentials: "include", headers: { "Content-Type": "application/json" }, body: "{}" };
    fetch(config.org + "/api/v1/authn", options).catch(async () => fail(await unanswered()));
  });
  // After its first page the widget tells password managers nothing of its fields.
  widget.on("afterRender", () => {
    const chosen = box.querySelector('input[name="confirmPassword"]') ? "new-password" : "current-password";
    for (const input of box.querySelectorAll('input[autocomplete="off"]:is([name="credentials.passcode"], [name="confirmPassword"], [name="answer"], [name="passCode"])')) {
      input.autocomplete = input.type === "password" ? chosen : "one-time-code";
    }
  });
  widget.showSignInAndRedirect({ el: "#sign-in-widget" }).catch(async (error) => fail(await why(error)));
})();
