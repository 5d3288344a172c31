package state

import (
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"fmt"
	"math/big"
	"strings"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/totp"
)

// Why a password does not sign a person in. ErrPasswordExpired comes with the right password only.
var (
	ErrWrongPassword   = errors.New("no such person, a wrong password, or not active")
	ErrLockedOut       = errors.New("locked out")
	ErrPasswordExpired = errors.New("the password has expired")
)

// MinPassword is how long a new password must be.
const MinPassword = 8

// Authenticate returns the person with this login and password. A wrong password counts towards the lock-out.
func (o *Org) Authenticate(login, password string) (Entry, error) {
	entry, found := o.LookUp(strings.TrimSpace(login))
	switch {
	case !found || !entry.Active() || entry.Password == "":
		return Entry{}, ErrWrongPassword
	case entry.Status == StatusLockedOut:
		return Entry{}, ErrLockedOut
	case subtle.ConstantTimeCompare([]byte(entry.Password), []byte(password)) != 1:
		o.Fail(entry)
		return Entry{}, ErrWrongPassword
	case entry.Status == StatusPasswordExpired:
		return entry, ErrPasswordExpired
	}
	o.succeed(entry.ID)
	return entry, nil
}

// Fail counts a wrong password or code. As many as Knobs.LockAfter in a row lock the person out.
func (o *Org) Fail(entry Entry) {
	o.fail(entry.ID, o.Knobs().LockAfter)
}

// mailCodeLifetime is how long a mailed code works.
const mailCodeLifetime = 5 * time.Minute

// Challenge is a question for one of a person's factors.
type Challenge struct {
	Factor Factor

	code    string // what the mail says
	expires time.Time
}

// Challenge asks for a factor; for MailCode it sends a mail. The answers to an earlier challenge are no answers
// to this one.
func (o *Org) Challenge(entry Entry, factor Factor) *Challenge {
	return o.ChallengeWithLink(entry, factor, func(string) string { return "" })
}

// ChallengeWithLink is Challenge with a link in the mail, which link makes of the code.
func (o *Org) ChallengeWithLink(entry Entry, factor Factor, link func(code string) string) *Challenge {
	c := &Challenge{Factor: factor, expires: o.Now().Add(mailCodeLifetime)}
	if factor.Kind == MailCode {
		c.code = sixDigits()
		o.send(Mail{To: entry.Email, Subject: "One-time verification code", Code: c.code, Link: link(c.code), Sent: o.Now()})
	}
	return c
}

// Answer says whether a code answers the challenge. A wrong one counts towards the lock-out; a right one works
// once.
func (o *Org) Answer(c *Challenge, entry Entry, code string) bool {
	code = strings.TrimSpace(code)
	var right bool
	switch c.Factor.Kind {
	case MailCode:
		right = c.code != "" && o.Now().Before(c.expires) && subtle.ConstantTimeCompare([]byte(c.code), []byte(code)) == 1
	case TOTP:
		ok, err := totp.ValidateCustom(code, entry.TOTPSecret, o.Now(), totpOptions())
		right = ok && err == nil && o.totpUsed.PutNew(entry.ID+" "+code, struct{}{}, o.Now().Add(2*time.Minute))
	}
	if !right {
		o.Fail(entry)
		return false
	}
	c.code = ""
	o.succeed(entry.ID)
	return true
}

// TOTPCode returns what the authenticator app of the person with the login shows, or nothing without one.
func (o *Org) TOTPCode(login string) string {
	entry, found := o.LookUp(login)
	secret := o.TOTPSecret(entry.Person)
	if !found || secret == "" {
		return ""
	}
	code, err := totp.GenerateCodeCustom(secret, o.Now(), totpOptions())
	if err != nil {
		return ""
	}
	return code
}

func totpOptions() totp.ValidateOpts {
	return totp.ValidateOpts{Period: 30, Skew: 1, Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1}
}

func sixDigits() string {
	n, err := rand.Int(rand.Reader, big.NewInt(1_000_000))
	if err != nil {
		panic("mockokta: " + err.Error()) // crypto/rand never fails on a supported system
	}
	return fmt.Sprintf("%06d", n)
}
