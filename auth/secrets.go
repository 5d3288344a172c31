package auth

import (
	"fmt"

	"example.com/okta-gin/config"
)

// TakeSecrets has everything from now on done with the client secrets or keys, the API
// token and the event hook secret of cfg. Requests under way go on with those from
// before. What was not set before stays so, and whatever cfg has else does not count. An
// error says that a client key can't be used: nothing has changed then.
func (a *Auth) TakeSecrets(cfg config.Config) error {
	if err := a.okta.TakeCredential(cfg); err != nil {
		return fmt.Errorf("auth: %w", err)
	}
	if a.directory != nil && cfg.APIToken.IsSet() {
		a.directory.TakeToken(cfg.APIToken)
	}
	if a.takesEventHooks && cfg.EventHookSecret.IsSet() {
		a.outside.TakeHookSecret(cfg.EventHookSecret)
	}
	return nil
}
