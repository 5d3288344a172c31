package state

// FactorKind is a kind of second factor.
type FactorKind string

// The kinds of second factors there are.
const (
	MailCode FactorKind = "email" // a code of six digits by mail
	TOTP     FactorKind = "totp"  // the code an authenticator app shows (RFC 6238)
)

// Label is what people call the factor.
func (k FactorKind) Label() string {
	if k == MailCode {
		return "Email"
	}
	return "Google Authenticator"
}

// Factor is a second factor that a person has enrolled.
type Factor struct {
	Kind FactorKind
	ID   string // of the enrolment, 20 characters
}

// Factors are the person's second factors.
func (p Person) Factors() []Factor {
	var list []Factor
	if p.MailCode {
		list = append(list, Factor{MailCode, EntityID("eae", p.Login)})
	}
	if p.TOTPSecret != "" {
		list = append(list, Factor{TOTP, EntityID("uft", p.Login)})
	}
	return list
}

// AMR is what the amr claim says of a sign-in with a password and then the factors.
func AMR(factors ...FactorKind) []string {
	if len(factors) == 0 {
		return []string{"pwd"}
	}
	amr := []string{"pwd", "mfa"}
	for _, kind := range factors {
		switch kind {
		case MailCode:
			amr = append(amr, "email")
		case TOTP:
			amr = append(amr, "otp")
		}
	}
	return amr
}
