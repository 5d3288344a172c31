package handlers

import (
	"context"
	"os"
	"time"

	"example.com/okta-gin/auth"
)

// Okta is the sign-in that the app is built on.
func (a *App) Okta() *auth.Auth { return a.okta }

// FollowSecrets takes up secrets that have changed in files, until ctx is done.
func (a *App) FollowSecrets(ctx context.Context, hangups <-chan os.Signal, interval time.Duration) {
	a.followSecrets(ctx, hangups, interval)
}

// Routes lists every route of the app: method and path.
func (a *App) Routes() [][2]string {
	var lines [][2]string
	for _, r := range a.routes() {
		lines = append(lines, [2]string{r.method, r.path})
	}
	return lines
}

// FollowFindings has the doctor look at the app, until ctx is done.
func (a *App) FollowFindings(ctx context.Context, wait time.Duration) { a.followFindings(ctx, wait) }
