package handlers

import (
	"fmt"

	"example.com/okta-gin/session"
)

// buildSessions opens the store that the configuration names, and whatever else
// is kept in people's browsers.
func (a *Auth) buildSessions() error {
	options := session.Options{
		Secrets:     a.cfg.SessionKeys(),
		Secure:      a.cfg.Secure(),
		IdleTimeout: a.cfg.SessionIdleTimeout,
		MaxAge:      a.cfg.SessionMaxAge,
		Now:         a.now,
	}
	var err error
	if a.store, err = session.Open(a.cfg, options); err != nil {
		return fmt.Errorf("open the session store: %w", err)
	}
	if a.renewals, err = newRenewals(a.now); err != nil {
		return fmt.Errorf("set up renewals: %w", err)
	}
	if a.claims, err = newClaimsMemory(); err != nil {
		return fmt.Errorf("set up the memory of claims: %w", err)
	}
	a.metrics = newMetrics(a.store)
	return nil
}
