package idx

import (
	"errors"
	"net/http"
	"net/url"

	"example.com/okta-gin/mockokta/state"
	"example.com/okta-gin/mockokta/wire"
)

// Introspect answers POST /idp/idx/introspect: where the transaction of a handle stands.
func (e *Engine) Introspect() http.HandlerFunc {
	return e.serve(func(*transaction, input) reply { return ok })
}

// Identify answers POST /idp/idx/identify: who it is and, where both are on one page, the password.
func (e *Engine) Identify() http.HandlerFunc {
	return e.serve(func(tx *transaction, in input) reply {
		if in.Identifier != "" && tx.step == askForgetful {
			tx.identifier = in.Identifier
			return e.mailRecovery(tx)
		}
		if tx.step != askIdentifier && tx.step != askPassword || in.Identifier == "" {
			return wrongStep
		}
		if _, known := e.org.LookUp(in.Identifier); !known && e.org.Knobs().RevealUnknownUser {
			return reply{status: http.StatusOK, problem: unknownUser(in.Identifier)}
		}
		tx.identifier = in.Identifier
		if in.Credentials.Passcode != "" {
			return e.takePassword(tx, in.Credentials.Passcode)
		}
		tx.advance(askPassword, e.org.Now())
		return ok
	})
}

// Challenge answers POST /idp/idx/challenge: the factor to use. A mail goes out for a code by mail.
func (e *Engine) Challenge() http.HandlerFunc {
	return e.serve(func(tx *transaction, in input) reply {
		if tx.step != askFactor && tx.step != askCode {
			return wrongStep
		}
		entry := e.entry(tx)
		for _, factor := range entry.Factors() {
			if id, _, _, _ := authenticatorOf(factor.Kind); id == in.Authenticator.ID {
				tx.challenge = e.ask(tx, entry, factor)
				tx.advance(askCode, e.org.Now())
				return ok
			}
		}
		return wrongStep
	})
}

// Answer answers POST /idp/idx/challenge/answer with a password or a code.
func (e *Engine) Answer() http.HandlerFunc {
	return e.serve(func(tx *transaction, in input) reply {
		switch tx.step {
		case askPassword:
			return e.takePassword(tx, in.Credentials.Passcode)
		case askNewPassword, warnPassword:
			return e.takeNewPassword(tx, in.Credentials.Passcode)
		case askCode:
			return e.takeCode(tx, in.Credentials.Passcode+in.Credentials.TOTP)
		case askFirstCode:
			return e.takeFirstCode(tx, in.Credentials.Passcode)
		case askRecoveryCode:
			return e.takeRecoveryCode(tx, in.Credentials.Passcode)
		case askReset:
			return e.takeReset(tx, in.Credentials.Passcode)
		case askFirstPassword:
			return e.takeFirstPassword(tx, in.Credentials.Passcode)
		}
		return wrongStep
	})
}

// Resend answers POST /idp/idx/challenge/resend: another mail. The code before it works no more.
func (e *Engine) Resend() http.HandlerFunc {
	return e.serve(func(tx *transaction, _ input) reply {
		switch {
		case tx.step == askRecoveryCode:
			return e.mailRecovery(tx)
		case tx.step == askFirstCode && tx.enrolling == state.MailCode:
			e.beginEnrolment(tx, state.MailCode)
			return ok
		case tx.step != askCode || tx.challenge.Factor.Kind != state.MailCode:
			return wrongStep
		}
		tx.challenge = e.ask(tx, e.entry(tx), tx.challenge.Factor)
		tx.advance(askCode, e.org.Now())
		return ok
	})
}

// Refuse answers POST /idp/idx/enroll and unlock-account: people cannot sign up, nor unlock themselves, here.
func (e *Engine) Refuse() http.HandlerFunc {
	return e.serve(func(*transaction, input) reply { return refuse(http.StatusForbidden, errDenied) })
}

// Cancel answers POST /idp/idx/cancel: the same request from the start, under a new handle.
func (e *Engine) Cancel(w http.ResponseWriter, r *http.Request) {
	in, fault := read(r)
	if fault != nil {
		wire.WriteAPIError(w, *fault)
		return
	}
	tx := e.find(in)
	if tx == nil {
		write(w, http.StatusUnauthorized, object{"version": "1.0.0", "messages": errExpired.list()})
		return
	}
	e.transactions.Delete(key(tx.handle))
	next := newTransaction(tx.request, tx.interaction, e.org.Now())
	doc := e.view(next, nil, false)
	e.keep(next)
	write(w, http.StatusOK, doc)
}

func (e *Engine) takePassword(tx *transaction, password string) reply {
	entry, err := e.org.Authenticate(tx.identifier, password)
	switch {
	case errors.Is(err, state.ErrLockedOut):
		return e.locked()
	case errors.Is(err, state.ErrPasswordExpired):
		tx.userID = entry.ID
		tx.advance(askNewPassword, e.org.Now())
		return ok
	case err != nil:
		return refuse(http.StatusUnauthorized, errPassword)
	}
	tx.userID = entry.ID
	if entry.PasswordExpiresIn > 0 {
		tx.advance(warnPassword, e.org.Now())
		return ok
	}
	return e.afterPassword(tx)
}

func (e *Engine) locked() reply {
	if e.org.Knobs().RevealLockout {
		return refuse(http.StatusForbidden, errLocked)
	}
	return refuse(http.StatusUnauthorized, errPassword)
}

func (e *Engine) takeNewPassword(tx *transaction, password string) reply {
	if !state.GoodPassword(e.entry(tx), password) {
		return reply{http.StatusBadRequest, &errNewPassword, true}
	}
	e.org.SetPassword(tx.userID, password)
	return e.afterPassword(tx)
}

// afterPassword asks for the second factor of who has one: which, or at once for the code of the only one. Who must have
// one sets it up.
func (e *Engine) afterPassword(tx *transaction) reply {
	entry := e.entry(tx)
	switch factors := entry.Factors(); len(factors) {
	case 0:
		if !e.org.NeedsFactor(entry, state.Assurance(tx.request.acr)) {
			return e.finish(tx)
		}
		tx.advance(askNewFactor, e.org.Now())
	case 1:
		tx.challenge = e.ask(tx, entry, factors[0])
		tx.advance(askCode, e.org.Now())
	default:
		tx.advance(askFactor, e.org.Now())
	}
	return ok
}

// ask asks for a factor. A link in a mail leads to the app, which hands its code to the widget.
func (e *Engine) ask(tx *transaction, entry state.Entry, factor state.Factor) *state.Challenge {
	if !e.org.Knobs().MagicLink {
		return e.org.Challenge(entry, factor)
	}
	return e.org.ChallengeWithLink(entry, factor, func(code string) string {
		return wire.AppendQuery(tx.request.redirectURI, url.Values{"otp": {code}, "state": {tx.request.state}})
	})
}

func (e *Engine) takeCode(tx *transaction, code string) reply {
	entry := e.entry(tx)
	if entry.Status != state.StatusActive {
		return e.locked()
	}
	if e.org.Answer(tx.challenge, entry, code) {
		return e.finish(tx, tx.challenge.Factor.Kind)
	}
	problem := &errMailCode
	if tx.challenge.Factor.Kind == state.TOTP {
		problem = &errTOTP
	}
	return reply{http.StatusUnauthorized, problem, true}
}
