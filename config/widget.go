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
	if !found.has("OKTA_OAUTH2_ISSUER") && !c.OktaShaped() {
		found.add("SIGN_IN", invalid(`must be "redirect": the widget is for Okta alone, and OKTA_OAUTH2_ISSUER is not an Okta authorization server`))
	}
	if c.Prompt != "" && c.Prompt != "login" {
		found.add("SIGN_IN", invalid(`must be "redirect": the widget always asks for the password, and OKTA_PROMPT says otherwise`))
	}
	if c.PAR == "require" {
		found.add("SIGN_IN", invalid(`must be "redirect": the widget's parameters pass through the browser, and OKTA_PAR is require`))
	}
}
