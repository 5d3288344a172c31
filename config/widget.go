package config

// widget is a word of [Config.SignIn].
const widget = "widget"

// checkWidget checks where people sign in, and what the widget goes with.
func (c *Config) checkWidget(found *problems) {
	found.add("OKTA_ENGINE", oneOf(c.Engine, "", "identity", "classic"))
	found.add("SIGN_IN", oneOf(c.SignIn, "redirect", "widget"))
	if c.SignIn != widget {
		return
	}
	why := c.AgainstWidget()
	if found.has("OKTA_OAUTH2_ISSUER") {
		why = c.otherThanWidget()
	}
	if why != "" {
		found.add("SIGN_IN", invalid(`must be "redirect": `+why))
	}
}

// AgainstWidget says which other setting keeps people from signing in with the Okta Sign-In Widget,
// in a sentence without its full stop. It is empty where none does.
func (c Config) AgainstWidget() string {
	if !c.OktaShaped() {
		return "the widget is for Okta alone, and OKTA_OAUTH2_ISSUER is not an Okta authorization server"
	}
	return c.otherThanWidget()
}

// otherThanWidget is AgainstWidget whatever the issuer is.
func (c Config) otherThanWidget() string {
	switch {
	case c.Prompt != "" && c.Prompt != "login":
		return "the widget always asks for the password, and OKTA_PROMPT says otherwise"
	case c.PAR == "require":
		return "the widget's parameters pass through the browser, and OKTA_PAR is require"
	case c.JAR == "on":
		return "the widget's parameters are not signed, and OKTA_JAR is on"
	case len(c.Resources) > 0:
		return "the widget names no services to the authorization server, and OKTA_RESOURCE does"
	default:
		return ""
	}
}
