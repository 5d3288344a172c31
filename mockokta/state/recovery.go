package state

import (
	"net/url"
	"strings"
	"time"
)

// How long the links in the org's mails work.
const (
	recoveryLifetime   = time.Hour
	activationLifetime = 7 * 24 * time.Hour
)

// MayRecover says whether people may help themselves to a new password.
func (o *Org) MayRecover(entry Entry) bool {
	return !o.Knobs().NoRecovery && (entry.Status == StatusActive || entry.Status == StatusPasswordExpired)
}

// NewRecoveryToken makes the token by which a person gets a new password once.
func (o *Org) NewRecoveryToken(entry Entry) string {
	token := RandomID()[:20]
	o.RecoveryTokens.Put(token, entry.ID, o.Now().Add(recoveryLifetime))
	return token
}

// SendRecovery mails the person with the login a link for a new password, as an administrator can, and returns the token
// in it: nothing for unknown logins.
func (o *Org) SendRecovery(login string) (token string) {
	entry, found := o.LookUp(login)
	if !found {
		return ""
	}
	token = o.NewRecoveryToken(entry)
	o.send(Mail{To: entry.Email, Subject: "Account password reset", Link: o.RecoveryLink("recovery_token", token), Sent: o.Now()})
	return token
}

// SendActivation mails a person who is to be activated a link for their first password, and returns the token in it:
// nothing for people who are not StatusProvisioned.
func (o *Org) SendActivation(login string) (token string) {
	entry, found := o.LookUp(login)
	if !found || entry.Status != StatusProvisioned {
		return ""
	}
	token = RandomID()[:20]
	o.ActivationTokens.Put(token, entry.ID, o.Now().Add(activationLifetime))
	o.send(Mail{To: entry.Email, Subject: "Activate your account", Link: o.RecoveryLink("activation_token", token), Sent: o.Now()})
	return token
}

// RecoveryLink leads to the first app that takes people from the org's mails, with a token under this name. Without such
// an app it is nothing.
func (o *Org) RecoveryLink(name, token string) string {
	for _, id := range o.clientOrder {
		if uri := o.clients[id].RecoveryURI; uri != "" {
			separator := "?"
			if strings.Contains(uri, "?") {
				separator = "&"
			}
			return uri + separator + url.Values{name: {token}}.Encode()
		}
	}
	return ""
}

// PersonOf returns the person that a recovery or activation token stands for.
func (o *Org) PersonOf(tokens *Expiring[string, string], token string) (Entry, bool) {
	id, found := tokens.Get(token)
	if !found {
		return Entry{}, false
	}
	return o.Find(id)
}

// ActivateWith gives a person who is to be activated their first password and makes them active. The token works no
// more.
func (o *Org) ActivateWith(id, password, token string) {
	o.ActivationTokens.Delete(token)
	o.SetPassword(id, password)
	o.update(id, func(p *Person) { p.Status = StatusActive })
}

// ResetPassword gives a person a new password. No link in a mail works any more that would do so again.
func (o *Org) ResetPassword(id, password string) {
	o.RecoveryTokens.DeleteIf(func(of string) bool { return of == id })
	o.SetPassword(id, password)
}

// GoodPassword says whether a person may have this password.
func GoodPassword(entry Entry, password string) bool {
	return len(password) >= MinPassword && password != entry.Password
}
