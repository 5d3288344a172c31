package widget

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html/template"
	"slices"
	"time"

	"example.com/okta-gin/language"
)

// Widget makes the parts of a page that shows the Sign-In Widget. It is safe for concurrent use.
type Widget struct {
	*Files
	base     string // URL of the files' folder, with the version
	org      string
	settings Settings
}

// Settings are what all pages of an app have in common.
type Settings struct {
	Files       string // URL below which Files are served, with a slash at the end
	Org         string // origin of the Okta org
	Issuer      string
	ClientID    string
	RedirectURI string
	Scopes      []string
	// ResponseMode is how the org answers a Classic sign-in. Identity Engine's answer is always in the query.
	ResponseMode string
	Texts        *language.Texts
	// Report is the URL to which the page posts what keeps it from showing the widget.
	Report string
}

// New reads the widget's files.
func New(s Settings) (*Widget, error) {
	files, err := NewFiles()
	if err != nil {
		return nil, err
	}
	return &Widget{Files: files, base: s.Files + files.Version(), org: s.Org, settings: s}, nil
}

// SignIn is what one page is for.
type SignIn struct {
	Classic bool // the org has the Classic Engine

	State, Nonce string
	Challenge    string // of the PKCE verifier, S256
	MaxAge       string // in seconds; empty for any
	ACR          string

	LoginHint                      string
	OTP                            string // the code in a link of Okta's mail
	RecoveryToken, ActivationToken string

	Words    *language.Words
	Resume   string        // URL that shows the same sign-in again, or a new one once this is stale
	Stale    time.Duration // until then
	Hosted   string        // URL that leads to Okta's hosted page instead
	CSPNonce string        // for the scripts
}

// Parts are what a page consists of.
type Parts struct {
	Head, Body template.HTML
	// Policy is the Content-Security-Policy that the parts need and no more.
	Policy string
}

// Show returns the parts of a page that shows the widget.
func (w *Widget) Show(in SignIn) (Parts, error) {
	config, err := json.Marshal(w.config(in))
	if err != nil {
		return Parts{}, fmt.Errorf("write the Sign-In Widget's settings: %w", err)
	}
	data := map[string]any{
		"Base": w.base, "Nonce": in.CSPNonce, "Config": string(config), "Hosted": in.Hosted, "Classic": in.Classic,
		"Language": choose(in.Words), "Dir": direction(in.Words), "Words": in.Words,
	}
	var parts Parts
	for name, part := range map[string]*template.HTML{"head": &parts.Head, "body": &parts.Body} {
		var b bytes.Buffer
		if err := markup.ExecuteTemplate(&b, name, data); err != nil {
			return Parts{}, fmt.Errorf("render the Sign-In Widget's %s: %w", name, err)
		}
		*part = template.HTML(b.String()) // #nosec: html/template has escaped it
	}
	parts.Policy = "default-src 'none'; script-src 'nonce-" + in.CSPNonce + "'; style-src 'self'; img-src 'self' data: " + w.org + "; font-src 'self'; " +
		"connect-src 'self' " + w.org + "; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
	return parts, nil
}

var markup = template.Must(template.New("").Parse(`
{{- define "head"}}<link rel="stylesheet" href="{{.Base}}/css/okta-sign-in.min.css">
<link rel="stylesheet" href="{{.Base}}/theme.css">
<script nonce="{{.Nonce}}" defer src="{{.Base}}/js/okta-sign-in.min.js"></script>
<script nonce="{{.Nonce}}" defer src="{{.Base}}/start.js"></script>{{end}}

{{- define "body"}}<div id="sign-in-widget"{{if .Classic}} class="classic"{{end}} lang="{{.Language}}" dir="{{.Dir}}" data-config="{{.Config}}"></div>
<noscript><p class="sign-in-note">{{.Words.Text "widget.no_script"}}</p></noscript>
<div id="sign-in-problem" role="alert" tabindex="-1" hidden><p><strong>{{.Words.Text "widget.broken"}}</strong> {{.Words.Text "widget.instead"}}</p></div>
<p class="sign-in-note"><a id="hosted-sign-in" href="{{.Hosted}}">{{.Words.Text "widget.hosted"}}</a></p>{{end}}`))

// pageConfig is what the page's script reads.
type pageConfig struct {
	Widget map[string]any `json:"widget"`
	Org    string         `json:"org"`
	Report string         `json:"report"`
	State  string         `json:"state"`
	Resume string         `json:"resume"`
	Stale  int            `json:"stale"` // in seconds
}

// config holds the options of the widget. Neither a verifier nor a secret is among them.
func (w *Widget) config(in SignIn) pageConfig {
	s := w.settings
	params := map[string]any{}
	options := map[string]any{
		"clientId": s.ClientID, "redirectUri": s.RedirectURI, "authParams": params,
		"language": choose(in.Words), "assets": map[string]string{"baseUrl": w.base}, "cspNonce": in.CSPNonce,
		"features": map[string]bool{"rememberMe": false}, // or it keeps the login in a cookie that any script can read
	}
	oauth := map[string]any{
		"issuer": s.Issuer, "scopes": s.Scopes, "state": in.State, "nonce": in.Nonce,
		"codeChallenge": in.Challenge, "codeChallengeMethod": "S256",
	}
	target := options
	if in.Classic {
		options["useClassicEngine"], options["baseUrl"] = true, w.org
		params["responseType"], params["responseMode"] = "code", s.ResponseMode
		target = params
	}
	for name, value := range oauth {
		target[name] = value
	}
	for _, optional := range []struct {
		to          map[string]any
		name, value string
	}{
		{params, "acrValues", in.ACR}, {params, "maxAge", in.MaxAge}, {params, "activationToken", in.ActivationToken},
		{options, "recoveryToken", in.RecoveryToken}, {options, "otp", in.OTP}, {options, "username", in.LoginHint},
	} {
		if optional.value != "" {
			optional.to[optional.name] = optional.value
		}
	}
	return pageConfig{Widget: options, Org: w.org, Report: s.Report, State: in.State, Resume: in.Resume, Stale: int(in.Stale.Seconds())}
}

// languages are those that there are labels for, as the widget calls them. English, the first, is in the script. Okta
// has none in Arabic: those in assets are this package's own, and what they lack is in English.
var languages = []string{"en", "ar", "de", "es", "fr", "ja", "pt-BR"}

// choose finds the widget's language for the page's: English where it has none.
func choose(words *language.Words) string {
	tag := words.Tag()
	if tag == "pt" {
		tag = "pt-BR"
	}
	if slices.Contains(languages, tag) {
		return tag
	}
	return languages[0]
}

// direction is how the widget's language is written: as the page's, if it speaks that.
func direction(words *language.Words) string {
	if choose(words) == languages[0] {
		return "ltr"
	}
	return words.Dir()
}
