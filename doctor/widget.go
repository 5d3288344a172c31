package doctor

import (
	"context"
	"net/http"
	"net/url"
)

// checkTrustedOrigin asks Okta whether it lets scripts of this app's pages ask it, as a browser
// does before the widget may.
func checkTrustedOrigin(ctx context.Context, e *examiner) {
	const check = "trusted origin"
	if e.cfg.SignIn != "widget" {
		e.skip(check, "SIGN_IN is not widget: no page asks Okta")
		return
	}
	if !e.hasServer(check) {
		return
	}
	base, err := url.Parse(e.cfg.BaseURL)
	if err != nil {
		return
	}
	origin := base.Scheme + "://" + base.Host
	request, err := http.NewRequestWithContext(ctx, http.MethodOptions, e.cfg.OrgURL()+"/idp/idx/introspect", nil)
	if err != nil {
		return
	}
	request.Header.Set("Origin", origin)
	request.Header.Set("Access-Control-Request-Method", http.MethodPost)
	request.Header.Set("Access-Control-Request-Headers", "content-type")
	r := e.send(request)
	switch {
	case r.answer == nil || r.status() == http.StatusTooManyRequests || r.status() >= http.StatusInternalServerError:
		e.tell(check, Unknown, "Okta cannot say at the moment", "Try again in a minute.", "")
	case r.header("Access-Control-Allow-Origin") != origin || r.header("Access-Control-Allow-Credentials") != "true":
		e.tell(check, Fail, "Okta lets no script of "+origin+" ask it: the widget stays empty", "Add "+origin+" with CORS, scheme and port included.", "Security → API → Trusted Origins")
	default:
		e.ok(check, "Okta lets scripts of "+origin+" ask it")
	}
}
