package handlers

import (
	"context"
	"os"
	"time"

	"example.com/okta-gin/config"
)

// lookForSecrets is how often the files of settings are read again.
const lookForSecrets = 5 * time.Second

// followSecrets takes up secrets that have changed in files, looking each time that
// interval has passed, and at once when told to by hangups, until ctx is done. Where the
// settings don't stand any more, those from before go on, and the log says so once.
func (a *App) followSecrets(ctx context.Context, hangups <-chan os.Signal, interval time.Duration) {
	ticker := time.NewTicker(interval)
	defer ticker.Stop()
	now, said := a.cfg, ""
	for {
		told := false
		select {
		case <-ctx.Done():
			return
		case <-hangups:
			told = true
		case <-ticker.C:
		}
		next, ok, err := now.Reread()
		switch {
		case !ok:
			return // they come from no file
		case err != nil && (told || err.Error() != said):
			a.log.Error("the settings have changed and cannot be used: those from before go on", "error", err)
			said = err.Error()
		case err == nil:
			said = ""
			changed := a.takeSecrets(now, next)
			if told && !changed {
				a.log.Info("told to read the secrets again; none has changed")
			}
			now = next
		}
	}
}

// takeSecrets reports whether a secret of next is another than in now, and is used.
func (a *App) takeSecrets(now, next config.Config) bool {
	for _, name := range config.Differing(now.AtStart(), next.AtStart()) {
		a.log.Warn("a secret has changed that counts from the next start on", "setting", name)
	}
	before, after := now.Renewed(), next.Renewed()
	names := config.Differing(before, after)
	if len(names) == 0 {
		return false
	}
	if err := a.okta.TakeSecrets(next); err != nil {
		a.log.Error("the secrets have changed and cannot be used: those from before go on", "error", err)
		return false
	}
	if a.directory != nil && next.APIToken.IsSet() {
		a.directory.TakeToken(next.APIToken)
	}
	for _, name := range names {
		switch {
		case after[name] == "":
			a.log.Warn("a secret is not set any more; the one from before goes on until the next start", "setting", name, "sha256", before[name])
		case before[name] == "" && name != "SESSION_SECRET":
			a.log.Warn("a secret has come that counts from the next start on", "setting", name)
		default:
			a.log.Info("new secret", "setting", name, "sha256", after[name], "before", before[name])
		}
	}
	a.findings.lookAnew(next)
	return true
}
