package idx

import (
	"strings"
	"sync"
	"time"

	"example.com/okta-gin/mockokta/state"
)

// request is what an app asked for at the interact endpoint.
type request struct {
	server      *state.AuthServer
	client      *state.Client
	redirectURI string
	challenge   string // PKCE's
	state       string
	nonce       string
	acr         string
	scopes      []string
	resources   []string
	thumbprint  string // dpop_jkt
}

// step is where a transaction stands: what it asks the person for next.
type step int

const (
	askIdentifier step = iota
	askPassword
	askNewPassword // the old one has expired
	askFactor      // which of several factors to use
	askCode
	warnPassword     // it will expire: another, or skip
	askNewFactor     // which factor to set up
	askFirstCode     // of the factor that is set up
	askForgetful     // who has forgotten a password
	askRecoveryCode  // of the mail to who has
	askReset         // the new password of who has
	askFirstPassword // of who is to be activated
	done
)

// How long a transaction waits at its first step, at the later ones, and how long its code works.
const (
	identifyLifetime = 2 * time.Hour
	stepLifetime     = 5 * time.Minute
	codeLifetime     = time.Minute
)

// transaction is one sign-in by script. Its handle stays the same through all steps.
type transaction struct {
	handle      string
	interaction string // the interaction handle it came from
	request     request

	mu         sync.Mutex // guards what follows; held while a request is answered
	step       step
	expires    time.Time
	identifier string
	userID     string // once the password was right
	challenge  *state.Challenge
	enrolling  state.FactorKind // the factor that is set up
	secret     string           // of the authenticator app that is set up
	forgetful  string           // id of the person whom a recovery mail has gone to
	token      string           // the recovery or activation token it began with, if any
	proof      state.Proof
	code       string // the interaction code, once it is done
}

func newTransaction(q request, interaction string, now time.Time) *transaction {
	return &transaction{
		handle:      "02.id." + state.RandomID() + "~c." + state.RandomID(),
		interaction: interaction, request: q, expires: now.Add(identifyLifetime),
	}
}

// key is the part of a state handle that names the transaction.
func key(handle string) string {
	id, _, _ := strings.Cut(handle, "~")
	return id
}

// advance moves the transaction to a step.
func (tx *transaction) advance(to step, now time.Time) {
	tx.step = to
	lifetime := stepLifetime
	if to == done {
		lifetime = codeLifetime
	}
	tx.expires = now.Add(lifetime)
}
