package apptest

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"

	"example.com/okta-gin/testkit"
)

// CustomPath shows the widget.
const CustomPath = "/authorization-code/login-custom"

// ShownWidget is what a page gives the widget.
type ShownWidget struct {
	Widget struct {
		Issuer, ClientID, RedirectURI, State, Nonce, CodeChallenge, CodeChallengeMethod, Language, Username, OTP, RecoveryToken string

		Scopes           []string
		UseClassicEngine bool
		AuthParams       map[string]any
	}
	Resume, Report string
	Stale          int
}

// Widget reads the page r, which must show the widget.
func (b *Browser) Widget(r testkit.Reply) ShownWidget {
	b.T.Helper()
	config, shown := r.Page(b.T).Find("#sign-in-widget").Attr("data-config")
	if !shown || r.StatusCode != http.StatusOK {
		b.T.Fatalf("status %d at %s, want the widget; it goes on to %q", r.StatusCode, r.Request.URL, r.Location())
	}
	var w ShownWidget
	if err := json.Unmarshal([]byte(config), &w); err != nil {
		b.T.Fatal(err)
	}
	return w
}

// Interact does with Identity Engine what the widget does, and returns where that goes
// in the end: the callback.
func (b *Browser) Interact(w ShownWidget, login string) string {
	b.T.Helper()
	form := url.Values{
		"client_id": {w.Widget.ClientID}, "redirect_uri": {w.Widget.RedirectURI}, "scope": {strings.Join(w.Widget.Scopes, " ")},
		"state": {w.Widget.State}, "nonce": {w.Widget.Nonce}, "code_challenge": {w.Widget.CodeChallenge}, "code_challenge_method": {w.Widget.CodeChallengeMethod},
	}
	for option, name := range map[string]string{"acrValues": "acr_values", "maxAge": "max_age"} {
		if value, asked := w.Widget.AuthParams[option].(string); asked {
			form.Set(name, value)
		}
	}
	r := b.Post(w.Widget.Issuer+"/v1/interact", form)
	var answer struct {
		Handle  string `json:"interaction_handle"`
		State   string `json:"stateHandle"`
		Success struct {
			Value []struct{ Name, Value string }
		} `json:"successWithInteractionCode"`
	}
	step := func(r testkit.Reply) {
		b.T.Helper()
		if err := json.Unmarshal([]byte(r.Body), &answer); err != nil || r.StatusCode != http.StatusOK {
			b.T.Fatalf("%s: status %d, %v\n%s", r.Request.URL, r.StatusCode, err, r.Body)
		}
	}
	step(r)
	ask := func(path string, body map[string]any) {
		b.T.Helper()
		content, err := json.Marshal(body)
		if err != nil {
			b.T.Fatal(err)
		}
		req, err := http.NewRequest(http.MethodPost, b.App.Org.URL()+"/idp/idx/"+path, strings.NewReader(string(content)))
		if err != nil {
			b.T.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/json")
		step(b.Send(req))
	}
	ask("introspect", map[string]any{"interactionHandle": answer.Handle})
	ask("identify", map[string]any{"stateHandle": answer.State, "identifier": login})
	ask("challenge/answer", map[string]any{"stateHandle": answer.State, "credentials": map[string]string{"passcode": testkit.PasswordOf(login)}})
	for _, field := range answer.Success.Value {
		if field.Name == "interaction_code" {
			return w.Widget.RedirectURI + "?" + url.Values{"interaction_code": {field.Value}, "state": {w.Widget.State}}.Encode()
		}
	}
	b.T.Fatal("there is no interaction code")
	return ""
}

// WithWidget are the settings of an app whose closed pages lead to the widget.
var WithWidget = map[string]string{"SIGN_IN": "widget"}
