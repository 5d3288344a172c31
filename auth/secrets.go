package auth

import (
	"fmt"

	"example.com/okta-gin/config"
)

// TakeSecrets has everything from now on done with the secrets of cfg: client secrets or
// keys, the session secrets, the API token, the event hook secret. Requests under way go on
// with those from before. Sessions that no session secret of cfg opens are over. What was not
// set before stays so, a generated session secret is not taken, and whatever cfg has else
// does not count. An error names a secret that can't be used, as none of config.Read's is.
func (a *Auth) TakeSecrets(cfg config.Config) error {
	if err := a.okta.TakeCredential(cfg); err != nil {
		return fmt.Errorf("auth: %w", err)
	}
	if !cfg.SessionSecretGenerated {
		if err := a.takeSessionSecrets(cfg.SessionKeys()); err != nil {
			return fmt.Errorf("auth: SESSION_SECRET: %w", err)
		}
	}
	if a.directory != nil && cfg.APIToken.IsSet() {
		a.directory.TakeToken(cfg.APIToken)
	}
	if a.takesEventHooks && cfg.EventHookSecret.IsSet() {
		a.outside.TakeHookSecret(cfg.EventHookSecret)
	}
	return nil
}

func (a *Auth) takeSessionSecrets(secrets [][]byte) error {
	if err := a.sessions.TakeSecrets(secrets); err != nil {
		return err
	}
	if a.forms != nil {
		if err := a.forms.Forms.TakeSecrets(secrets); err != nil {
			return err
		}
	}
	a.documents.TakeSecrets(secrets)
	return nil
}
