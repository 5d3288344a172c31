package widget

// Problem is what keeps people from seeing the widget, as the page's script reports it.
type Problem struct {
	Reason  string // one word
	Message string // for the operator: what it is, and where in Okta's Admin Console to mend it
}

// FindProblem returns the problem of a reason, and false for a word that is none. origin is this app's.
func FindProblem(reason, origin string) (Problem, bool) {
	p := Problem{Reason: "widget_" + reason}
	switch reason {
	case "origin":
		p.Message = "the Sign-In Widget may not talk to Okta from this app's origin, " + origin + ": add it as a Trusted Origin with CORS. " +
			"Admin Console: Security → API → Trusted Origins"
	case "interaction_code":
		p.Message = "the Sign-In Widget may not use the Interaction Code flow: switch it on in three places. Admin Console: " +
			"Settings → Account → Embedded widget sign-in support; Applications → your app → General → Grant type → Advanced → Interaction Code; " +
			"Security → API → Authorization Servers → your server → Access Policies → the rule → Advanced → Interaction Code"
	case "client":
		p.Message = "Okta does not take the Sign-In Widget's request for this app: compare client id, redirect URI and scopes. " +
			"Admin Console: Applications → your app → General"
	case "okta":
		p.Message = "Okta answered the Sign-In Widget with an error. Admin Console: Reports → System Log"
	case "unreachable":
		p.Message = "a browser could not reach Okta for the Sign-In Widget, at the address in OKTA_OAUTH2_ISSUER"
	case "script":
		p.Message = "a browser could not load the Sign-In Widget's script from this app: is a proxy or a blocker in the way?"
	default:
		return Problem{}, false
	}
	return p, true
}
