package hosted

import (
	"net/http"
	"time"

	"example.com/okta-gin/mockokta/state"
)

// factorLifetime is how long a person may take for the second factor.
const factorLifetime = 5 * time.Minute

// authenticators are Identity Engine's names of the factors.
var authenticators = map[state.FactorKind]string{state.MailCode: "okta_email", state.TOTP: "google_otp"}

// labels are the texts for the factors.
var labels = map[state.FactorKind]string{state.MailCode: "factor.email", state.TOTP: "factor.totp"}

// askFactor shows the page that asks which factor to use, or for its code. A person's only factor is not asked
// about.
func (o *Pages) askFactor(w http.ResponseWriter, r *http.Request, pending *pendingSignIn) {
	factors := pending.person.Factors()
	if pending.challenge == nil && len(factors) == 1 {
		pending.challenge = o.Challenge(pending.person, factors[0])
	}
	type choice struct{ Kind, Label, Authenticator string } // Label is a text
	data := struct {
		Transaction string
		Factor      string // a text
		ByMail      bool
		Failed      bool
		Choices     []choice
	}{Transaction: state.RandomID(), Failed: pending.failed}
	for _, factor := range factors {
		data.Choices = append(data.Choices, choice{string(factor.Kind), labels[factor.Kind], authenticators[factor.Kind]})
	}
	if pending.challenge != nil {
		data.Factor = labels[pending.challenge.Factor.Kind]
		data.ByMail = pending.challenge.Factor.Kind == state.MailCode
	}
	o.pending.Put(data.Transaction, &pendingSignIn{req: pending.req, person: pending.person, challenge: pending.challenge}, o.Now().Add(factorLifetime))
	o.writePage(w, r, page{status: http.StatusOK, name: o.shape("factor"), req: pending.req, data: data})
}

// challengeBy asks for the person's factor of a kind; nil when they have none.
func (o *Pages) challengeBy(entry state.Entry, kind state.FactorKind) *state.Challenge {
	for _, factor := range entry.Factors() {
		if factor.Kind == kind {
			return o.Challenge(entry, factor)
		}
	}
	return nil
}
