package mockokta_test

import (
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"testing"
	"time"

	"example.com/okta-gin/mockokta"
)

func TestIdentityEnginePassword(t *testing.T) {
	t.Parallel()
	now := newClock()
	b := newBrowser(t, start(t, mockokta.Options{Now: now.Now, TrustedOrigins: []string{"http://localhost:8080"}}))
	s := b.begin(map[string]string{"scope": renewable})
	s.want(200, "identify", "")
	if s.doc["expiresAt"] != "2026-09-21T16:13:20.000Z" || dig(s.doc, "app", "value", "label") != "Sample web app" || s.last.Header.Get("Cache-Control") != "no-cache, no-store" {
		t.Errorf("document %v", s.doc)
	}
	handle := s.doc["stateHandle"]
	s.fill(0, map[string]any{"identifier": "ada@acme.test", "rememberMe": true})
	s.want(200, "challenge-authenticator", "")
	if s.doc["stateHandle"] != handle || s.doc["expiresAt"] != "2026-09-21T14:18:20.000Z" || dig(s.doc, "currentAuthenticatorEnrollment", "value", "key") != "okta_password" {
		t.Errorf("document %v", s.doc)
	}
	s.fill(0, passcodeOf("wrong"))
	s.want(401, "challenge-authenticator", "errors.E0000004")
	if s.last.Header.Get("Access-Control-Allow-Origin") != s.origin || s.last.Header.Get("Access-Control-Allow-Credentials") != "true" {
		t.Errorf("an error hides from the script: %v", s.last.Header)
	}
	s.fill(0, passcodeOf("correct-horse-ada"))
	if s.last.StatusCode != http.StatusOK || dig(s.doc, "successWithInteractionCode", "name") != "issue" || dig(s.doc, "user", "value", "identifier") != "ada@acme.test" {
		t.Fatalf("answer %s", s.last.body)
	}
	tokens := s.redeem(nil).json(t)
	claims := claimsOf(t, tokens["id_token"])
	if claims["nonce"] != "nonce-1" || claims["sub"] != "00u9mockAdaLove1a5d7" || !reflect.DeepEqual(claims["amr"], []any{"pwd"}) || tokens["refresh_token"] == nil {
		t.Errorf("tokens %v, claims %v", tokens, claims)
	}
	if b.authorize(map[string]string{"prompt": "none"}).redirect(t, callback).Has("code") {
		t.Error("scripts got a session of the org")
	}
}

func TestIdentityEngineSecondFactor(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		login, choose string
		amr           []any
		problem       string
	}{
		"mail":        {"katherine", "", []any{"pwd", "mfa", "email"}, "api.authn.error.PASSCODE_INVALID"},
		"app":         {"alan", "", []any{"pwd", "mfa", "otp"}, "authfactor.challenge.soft_token.invalid_passcode"},
		"mail chosen": {"hedy", "email", []any{"pwd", "mfa", "email"}, "api.authn.error.PASSCODE_INVALID"},
		"app chosen":  {"hedy", "otp", []any{"pwd", "mfa", "otp"}, "authfactor.challenge.soft_token.invalid_passcode"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			now := newClock()
			b := newBrowser(t, start(t, mockokta.Options{Now: now.Now}))
			s := b.begin(map[string]string{"acr_values": "urn:okta:loa:2fa:any"})
			s.fill(0, map[string]any{"identifier": tt.login})
			s.fill(0, passcodeOf("correct-horse-"+tt.login))
			forms := "challenge-authenticator"
			if tt.choose != "" {
				s.want(200, "select-authenticator-authenticate", "")
				options, _ := dig(s.doc, "remediation", "value", 0, "value", 0, "options").([]any)
				for i, option := range options {
					if dig(option, "relatesTo") != []string{"$.authenticatorEnrollments.value[0]", "$.authenticatorEnrollments.value[1]"}[i] || dig(s.doc, "authenticatorEnrollments", "value", i) == nil {
						t.Errorf("option %v points nowhere", option)
					}
					if dig(option, "value", "form", "value", 1, "value") == tt.choose {
						s.fill(0, map[string]any{"authenticator": map[string]any{"id": dig(option, "value", "form", "value", 0, "value")}})
						break
					}
				}
				forms += " select-authenticator-authenticate"
			}
			s.want(200, forms, "")
			code := func() string {
				if tt.amr[2] == "otp" {
					return b.org.TOTPCode(tt.login)
				}
				return b.org.MailedCode(tt.login + "@acme.test")
			}
			s.fill(0, passcodeOf(wrongCode(code())))
			s.want(401, forms, tt.problem)
			if tt.amr[2] == "email" {
				if masked := dig(s.doc, "currentAuthenticatorEnrollment", "value", "profile", "email"); masked != tt.login[:1]+"***"+tt.login[len(tt.login)-1:]+"@acme.test" {
					t.Errorf("address %v", masked)
				}
				before := len(b.org.Mails())
				for _, action := range []string{"poll", "resend"} {
					href := dig(s.doc, "currentAuthenticatorEnrollment", "value", action, "href").(string)
					s.call(strings.TrimPrefix(href, b.org.URL()), map[string]any{"stateHandle": s.doc["stateHandle"]})
					s.want(200, forms, "")
				}
				if len(b.org.Mails()) != before+1 {
					t.Errorf("%d mails, before %d", len(b.org.Mails()), before)
				}
			}
			s.fill(0, passcodeOf(code()))
			claims := claimsOf(t, s.redeem(nil).json(t)["id_token"])
			if !reflect.DeepEqual(claims["amr"], tt.amr) || claims["acr"] != "urn:okta:loa:2fa:any" {
				t.Errorf("claims %v", claims)
			}
		})
	}
}

func TestIdentityEngineRefusals(t *testing.T) {
	t.Parallel()
	b := newBrowser(t, start(t, mockokta.Options{}))
	try := func(login, password string) *script {
		s := b.begin(nil)
		s.fill(0, map[string]any{"identifier": login})
		s.fill(0, passcodeOf(password))
		return s
	}
	try("nobody", "x").want(401, "challenge-authenticator", "errors.E0000004")
	try("lou", "correct-horse-lou").want(401, "challenge-authenticator", "errors.E0000004")
	b.org.Set(func(k *mockokta.Knobs) { k.RevealLockout = true })
	try("lou", "correct-horse-lou").want(403, "challenge-authenticator", "errors.E0000119")
	try("eve", "correct-horse-eve").want(400, "challenge-authenticator", "idx.error.user.not.assigned.to.app")
	b.org.Set(func(k *mockokta.Knobs) { k.NoPolicy = true })
	try("ada", "correct-horse-ada").want(403, "challenge-authenticator", "security.access_denied")
	b.org.Set(func(k *mockokta.Knobs) { k.NoPolicy = false })

	for _, path := range []string{"enroll", "unlock-account"} {
		s := b.begin(nil)
		s.call("/idp/idx/"+path, map[string]any{"stateHandle": s.doc["stateHandle"]})
		s.want(403, "identify", "security.access_denied")
	}
	s := b.begin(nil)
	for _, path := range []string{"challenge", "challenge/answer", "challenge/resend", "credential/enroll", "skip"} {
		s.call("/idp/idx/"+path, map[string]any{"stateHandle": s.doc["stateHandle"], "credentials": map[string]any{"passcode": "x"}})
		s.want(400, "identify", "mockokta.wrong.step")
	}
	wantAPIError(t, b.do(http.MethodPost, b.org.URL()+"/idp/idx/identify", url.Values{"identifier": {"ada"}}, nil), 400, "E0000021", "Bad request. Accept and/or Content-Type headers likely do not match supported values.")
	wantAPIError(t, b.json("/idp/idx/identify", "no object", nil), 400, "E0000003", "The request body was not well-formed.")
}

func TestIdentityEngineExpiredPassword(t *testing.T) {
	t.Parallel()
	b := newBrowser(t, start(t, mockokta.Options{}))
	b.org.Set(func(k *mockokta.Knobs) { k.IdentifyByPassword = true })
	s := b.begin(nil)
	if dig(s.doc, "remediation", "value", 0, "value", 1, "name") != "credentials" {
		t.Errorf("no password beside the username: %s", s.last.body)
	}
	s.fill(0, map[string]any{"identifier": "pat", "credentials": map[string]any{"passcode": "correct-horse-pat"}})
	s.want(200, "reenroll-authenticator", "")
	s.fill(0, passcodeOf("short"))
	s.want(400, "reenroll-authenticator", "password.passwordRequirementsNotMet")
	s.fill(0, passcodeOf("a-new-password"))
	if got := s.redeem(nil); got.StatusCode != http.StatusOK {
		t.Errorf("redeem: %s", got.body)
	}
	s = b.begin(nil)
	s.fill(0, map[string]any{"identifier": "pat", "credentials": map[string]any{"passcode": "correct-horse-pat"}})
	s.want(401, "identify", "errors.E0000004")
}

func TestIdentityEngineHandles(t *testing.T) {
	t.Parallel()
	now := newClock()
	b := newBrowser(t, start(t, mockokta.Options{Now: now.Now}))
	handle := b.interact(nil).json(t)["interaction_handle"]
	s := &script{browser: b}
	s.call("/idp/idx/introspect", map[string]any{"interactionHandle": handle})
	s.fill(0, map[string]any{"identifier": "ada"})
	first := s.doc["stateHandle"].(string)
	s.call("/idp/idx/introspect", map[string]any{"interactionHandle": handle}) // the page was loaded again
	s.want(200, "challenge-authenticator", "")
	for _, wrong := range []any{"", "nonsense", first + "x", strings.Split(first, "~")[0]} {
		s.call("/idp/idx/introspect", map[string]any{"stateHandle": wrong})
		s.want(401, "", "idx.session.expired")
	}
	s.call("/idp/idx/cancel", map[string]any{"stateHandle": first})
	s.want(200, "identify", "")
	if s.doc["stateHandle"] == first {
		t.Error("cancel kept the handle")
	}
	s.fill(0, map[string]any{"identifier": "ada"})
	kept := s.doc["stateHandle"]
	s.call("/idp/idx/challenge/answer", map[string]any{"stateHandle": first, "credentials": map[string]any{"passcode": "correct-horse-ada"}})
	s.want(401, "", "idx.session.expired")
	now.add(5 * time.Minute)
	s.call("/idp/idx/introspect", map[string]any{"stateHandle": kept})
	s.want(401, "", "idx.session.expired")
}

func TestIdentityEngineIsDoneWhenItIsDone(t *testing.T) {
	t.Parallel()
	b := newBrowser(t, start(t, mockokta.Options{}))
	s := b.begin(nil)
	s.fill(0, map[string]any{"identifier": "alan"})
	s.fill(0, passcodeOf("correct-horse-alan"))
	s.fill(0, passcodeOf(b.org.TOTPCode("alan")))
	code := dig(s.doc, "successWithInteractionCode", "value", 1, "value")
	handle := s.doc["stateHandle"]
	for _, path := range []string{"identify", "challenge", "challenge/answer"} {
		got := s.call("/idp/idx/"+path, map[string]any{"stateHandle": handle, "identifier": "ada", "authenticator": map[string]any{"id": "aut1mockGoogle0005d7"}})
		if got.StatusCode != http.StatusBadRequest || dig(s.doc, "successWithInteractionCode", "value", 1, "value") != code {
			t.Errorf("%s: %d %s", path, got.StatusCode, got.body)
		}
	}
}

func TestTokenRedirect(t *testing.T) {
	t.Parallel()
	b := newBrowser(t, start(t, mockokta.Options{}))
	s := b.begin(nil)
	half, _, _ := strings.Cut(s.doc["stateHandle"].(string), "~")
	path := "/login/token/redirect?stateToken=" + half
	wantAPIError(t, b.get(path), 403, "E0000006", "You do not have permission to perform the requested action")
	s.fill(0, map[string]any{"identifier": "ada"})
	s.fill(0, passcodeOf("correct-horse-ada"))
	got := b.get(path)
	target, err := url.Parse(got.Header.Get("Location"))
	if err != nil || got.StatusCode != http.StatusSeeOther || !strings.HasPrefix(target.String(), callback+"?") || len(target.Query().Get("interaction_code")) != 43 || target.Query().Get("state") != "state-1" {
		t.Errorf("got %d %v", got.StatusCode, target)
	}
	if !b.signedIn() {
		t.Error("no session")
	}
	wantAPIError(t, b.get("/login/token/redirect?stateToken=x"), 401, "E0000011", "Invalid token provided")
}

func TestIdentityEngineIsSharedWithTrustedOriginsOnly(t *testing.T) {
	t.Parallel()
	b := newBrowser(t, start(t, mockokta.Options{TrustedOrigins: []string{"http://localhost:8080"}}))
	for _, path := range []string{b.as + "/v1/interact", "/idp/idx/introspect", "/idp/idx/identify", "/idp/idx/challenge/answer", "/idp/idx/cancel"} {
		for origin, want := range map[string]string{"http://localhost:8080": "http://localhost:8080", "https://evil.example": "", "null": ""} {
			header := http.Header{"Origin": {origin}, "Access-Control-Request-Method": {"POST"}, "Access-Control-Request-Headers": {"content-type,x-okta-user-agent-extended"}}
			preflight := b.do(http.MethodOptions, b.org.URL()+path, nil, header)
			answer := b.json(path, map[string]any{}, http.Header{"Origin": {origin}})
			for _, got := range []reply{preflight, answer} {
				if got.Header.Get("Access-Control-Allow-Origin") != want || (got.Header.Get("Access-Control-Allow-Credentials") == "true") != (want != "") || got.Header.Get("Vary") != "Origin" {
					t.Errorf("%s from %s: %d %v", path, origin, got.StatusCode, got.Header)
				}
			}
		}
	}
}

func TestMagicLink(t *testing.T) {
	t.Parallel()
	b := newBrowser(t, start(t, mockokta.Options{}))
	b.org.Set(func(k *mockokta.Knobs) { k.MagicLink = true })
	s := b.begin(nil)
	s.fill(0, map[string]any{"identifier": "katherine"})
	s.fill(0, passcodeOf("correct-horse-katherine"))
	if dig(s.doc, "currentAuthenticatorEnrollment", "value", "contextualData") != nil {
		t.Errorf("the widget would ask for the code: %s", s.last.body)
	}
	link, err := url.Parse(b.get("/mail").doc(t).Find("a.link").AttrOr("href", ""))
	if err != nil || !strings.HasPrefix(link.String(), callback+"?") || link.Query().Get("state") != "state-1" {
		t.Fatalf("link %v, error %v", link, err)
	}
	s.fill(0, passcodeOf(link.Query().Get("otp")))
	if got := s.redeem(nil); got.StatusCode != http.StatusOK {
		t.Errorf("redeem: %s", got.body)
	}
}

func TestUnknownUserRevealed(t *testing.T) {
	t.Parallel()
	b := newBrowser(t, start(t, mockokta.Options{}))
	b.org.Set(func(k *mockokta.Knobs) { k.RevealUnknownUser = true })
	s := b.begin(nil)
	s.fill(0, map[string]any{"identifier": "nobody"})
	s.want(200, "identify", "idx.unknown.user")
	if dig(s.doc, "messages", "value", 0, "class") != "INFO" {
		t.Errorf("messages %v", s.doc["messages"])
	}
	s.fill(0, map[string]any{"identifier": "ada"})
	s.want(200, "challenge-authenticator", "")
}
