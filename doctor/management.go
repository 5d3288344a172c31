package doctor

import (
	"context"
	"net/http"
	"net/url"
	"path"

	"example.com/okta-gin/okta/oktahttp"
)

// integration is the app integration, as the management API has it.
type integration struct {
	Settings struct {
		Client struct {
			SignOutURIs []string `json:"post_logout_redirect_uris"`
		} `json:"oauthClient"`
	} `json:"settings"`
}

// manage asks the management API for v, and reports whether it was to be had. Without
// an API token nothing is asked.
func manage(ctx context.Context, e *examiner, address string, v any) (status int, ok bool) {
	if !e.cfg.APIToken.IsSet() {
		return 0, false
	}
	r := e.ask(ctx, e.cfg.OrgURL()+"/api/v1"+address, "Authorization", "SSWS "+e.cfg.APIToken.Reveal())
	return r.status(), r.status() == http.StatusOK && oktahttp.DecodeJSON(r.body, v) == nil
}

func appIntegration(ctx context.Context, e *examiner) (found integration, ok bool) {
	_, ok = manage(ctx, e, "/apps/"+url.PathEscape(e.cfg.ClientID), &found)
	return found, ok
}

// serverID is the last part of a custom server's issuer.
func serverID(issuer string) string {
	u, err := url.Parse(issuer)
	if err != nil {
		return ""
	}
	return url.PathEscape(path.Base(u.Path))
}
