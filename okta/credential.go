package okta

import (
	"errors"

	"example.com/okta-gin/config"
	"example.com/okta-gin/okta/clientauth"
)

// TakeCredential has requests from now on made with the client secrets or keys of cfg, in
// place of those before. Whatever cfg has else does not count.
func (rp *RelyingParty) TakeCredential(cfg config.Config) error {
	taken := rp.cfg
	taken.ClientSecret, taken.OtherClientSecret, taken.ClientKeys = cfg.ClientSecret, cfg.OtherClientSecret, cfg.ClientKeys
	credential, err := clientauth.New(taken, rp.now)
	if err == nil {
		rp.credential.Store(credential)
	}
	return err
}

// withEither has ask make a request with the client secret and, where Okta knows no such
// client, with the other of two. The one that Okta took last goes first.
func (rp *RelyingParty) withEither(ask func(*clientauth.Credential) ([]byte, error)) ([]byte, error) {
	credential := rp.credential.Load()
	body, err := ask(credential)
	other := credential.Other()
	if other == nil || !isInvalidClient(err) {
		return body, err
	}
	body, err = ask(other)
	if !isInvalidClient(err) {
		rp.credential.CompareAndSwap(credential, other)
	}
	return body, err
}

func isInvalidClient(err error) bool {
	var refusal *Refusal
	return errors.As(err, &refusal) && refusal.Code == "invalid_client"
}
