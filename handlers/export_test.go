package handlers

import "example.com/okta-gin/auth"

// Okta is the sign-in that the app is built on.
func (a *App) Okta() *auth.Auth { return a.okta }

// Routes lists every route of the app: method and path.
func (a *App) Routes() [][2]string {
	var lines [][2]string
	for _, r := range a.routes() {
		lines = append(lines, [2]string{r.method, r.path})
	}
	return lines
}
