package mockokta_test

import (
	"bytes"
	"encoding/base64"
	"image/png"
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"example.com/okta-gin/mockokta"
)

// codeOf is what an authenticator app with a secret shows.
func (b *browser) codeOf(secret any) string {
	b.t.Helper()
	code, err := totp.GenerateCode(secret.(string), b.org.Now())
	if err != nil {
		b.t.Fatal(err)
	}
	return code
}

// choose picks the option of a form by its method.
func (s *script) choose(n int, method string) {
	s.t.Helper()
	options, _ := dig(s.doc, "remediation", "value", n, "value", 0, "options").([]any)
	for _, option := range options {
		if dig(option, "value", "form", "value", 1, "value") == method {
			s.fill(n, map[string]any{"authenticator": map[string]any{"id": dig(option, "value", "form", "value", 0, "value")}})
			return
		}
	}
	s.t.Fatalf("no option %s: %s", method, s.last.body)
}

func isPicture(t *testing.T, raw []byte) {
	t.Helper()
	if image, err := png.Decode(bytes.NewReader(raw)); err != nil || image.Bounds().Dx() != 200 {
		t.Errorf("QR code: %v", err)
	}
}

func TestIdentityEngineEnrolment(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		login string
		acr   string
		knob  func(*mockokta.Knobs)
	}{
		"their own": {"nora", "", func(*mockokta.Knobs) {}},
		"policy":    {"ada", "", func(k *mockokta.Knobs) { k.RequireFactor = true }},
		"app":       {"ada", "urn:okta:loa:2fa:any", func(k *mockokta.Knobs) { k.EnrollForACR = true }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			now := newClock()
			b := newBrowser(t, start(t, mockokta.Options{Now: now.Now}))
			b.org.Set(tc.knob)
			signIn := func() *script {
				s := b.begin(map[string]string{"acr_values": tc.acr})
				s.fill(0, map[string]any{"identifier": tc.login})
				s.fill(0, passcodeOf("correct-horse-"+tc.login))
				return s
			}
			s := signIn()
			s.want(200, "select-authenticator-enroll", "")
			s.choose(0, "otp")
			s.want(200, "enroll-authenticator select-authenticator-enroll", "")
			said := dig(s.doc, "currentAuthenticator", "value", "contextualData")
			raw, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(dig(said, "qrcode", "href").(string), "data:image/png;base64,"))
			if err != nil {
				t.Fatal(err)
			}
			isPicture(t, raw)
			secret := dig(said, "sharedSecret")
			if b.org.TOTPCode(tc.login) != b.codeOf(secret) || !strings.Contains(b.get("/mail").body, secret.(string)) {
				t.Error("the authenticator app does not show the code")
			}
			s.fill(0, passcodeOf("000000"))
			s.want(401, "enroll-authenticator select-authenticator-enroll", "api.authn.error.PASSCODE_INVALID")
			if dig(s.doc, "currentAuthenticator", "value", "contextualData", "sharedSecret") != secret {
				t.Error("another secret after a wrong code")
			}
			s.fill(0, passcodeOf(b.codeOf(secret)))
			if claims := claimsOf(t, s.redeem(nil).json(t)["id_token"]); !reflect.DeepEqual(claims["amr"], []any{"pwd", "mfa", "otp"}) {
				t.Errorf("claims %v", claims)
			}
			now.add(time.Minute)
			again := signIn()
			again.want(200, "challenge-authenticator", "")
			again.fill(0, passcodeOf(b.org.TOTPCode(tc.login)))
			if got := again.redeem(nil); got.StatusCode != http.StatusOK {
				t.Errorf("the second time: %s", got.body)
			}
		})
	}
}

func TestIdentityEngineEnrolmentByMail(t *testing.T) {
	t.Parallel()
	b := newBrowser(t, start(t, mockokta.Options{}))
	s := b.begin(nil)
	s.fill(0, map[string]any{"identifier": "nora"})
	s.fill(0, passcodeOf("correct-horse-nora"))
	s.choose(0, "email")
	first := b.org.MailedCode("nora@acme.test")
	s.call("/idp/idx/challenge/resend", map[string]any{"stateHandle": s.doc["stateHandle"]})
	s.want(200, "enroll-authenticator select-authenticator-enroll", "")
	if second := b.org.MailedCode("nora@acme.test"); second != first {
		s.fill(0, passcodeOf(first))
		s.want(401, "enroll-authenticator select-authenticator-enroll", "api.authn.error.PASSCODE_INVALID")
	}
	s.choose(1, "otp") // changed their mind, twice
	s.choose(1, "email")
	s.fill(0, passcodeOf(b.org.MailedCode("nora@acme.test")))
	if claims := claimsOf(t, s.redeem(nil).json(t)["id_token"]); !reflect.DeepEqual(claims["amr"], []any{"pwd", "mfa", "email"}) {
		t.Errorf("claims %v", claims)
	}
}

// authn is a conversation with the Classic Engine.
type authn struct {
	*browser
	doc  map[string]any
	last reply
}

func (a *authn) call(path string, body map[string]any) *authn {
	a.t.Helper()
	if token, ok := a.doc["stateToken"]; ok {
		body["stateToken"] = token
	}
	a.last = a.json("/api/v1/authn"+path, body, nil)
	if a.last.StatusCode == http.StatusOK {
		a.doc = a.last.json(a.t)
	}
	return a
}

func (a *authn) follow(link string, body map[string]any) *authn {
	a.t.Helper()
	href, _ := dig(a.doc, "_links", link, "href").(string)
	if href == "" {
		a.t.Fatalf("no link %s: %s", link, a.last.body)
	}
	return a.call(strings.TrimPrefix(href, a.org.URL()+"/api/v1/authn"), body)
}

func (a *authn) want(status string) *authn {
	a.t.Helper()
	if a.last.StatusCode != http.StatusOK || a.doc["status"] != status {
		a.t.Fatalf("got %d %s, want %s", a.last.StatusCode, a.last.body, status)
	}
	return a
}

func (a *authn) wantError(status int, code string) *authn {
	a.t.Helper()
	if body := a.last.json(a.t); a.last.StatusCode != status || body["errorCode"] != code {
		a.t.Fatalf("got %d %s, want %d %s", a.last.StatusCode, a.last.body, status, code)
	}
	return a
}

func (b *browser) classicSignIn(login, password string) *authn {
	return (&authn{browser: b}).call("", map[string]any{"username": login, "password": password, "options": map[string]any{"warnBeforePasswordExpired": true}})
}

func TestClassicEnrolment(t *testing.T) {
	t.Parallel()
	now := newClock()
	b := newBrowser(t, start(t, mockokta.Options{Now: now.Now}))
	a := b.classicSignIn("nora", "correct-horse-nora").want("MFA_ENROLL")
	factors, _ := dig(a.doc, "_embedded", "factors").([]any)
	if len(factors) != 2 || dig(factors[0], "provider") != "GOOGLE" || dig(factors[0], "status") != "NOT_SETUP" || dig(factors[0], "_links", "enroll", "href") != b.org.URL()+"/api/v1/authn/factors" {
		t.Errorf("factors %v", factors)
	}
	a.call("/factors/x/lifecycle/activate", map[string]any{"passCode": "000000"}).wantError(403, "E0000079")
	a.call("/skip", map[string]any{}).wantError(403, "E0000079")
	a.call("/factors", map[string]any{"factorType": "sms", "provider": "OKTA"}).wantError(400, "E0000001")
	a.call("/factors", map[string]any{"factorType": "token:software:totp", "provider": "GOOGLE"}).want("MFA_ENROLL_ACTIVATE")
	a.follow("prev", map[string]any{}).want("MFA_ENROLL")
	a.call("/factors", map[string]any{"factorType": "token:software:totp", "provider": "GOOGLE"}).want("MFA_ENROLL_ACTIVATE")
	activation := dig(a.doc, "_embedded", "factor", "_embedded", "activation")
	picture := b.get(strings.TrimPrefix(dig(activation, "_links", "qrcode", "href").(string), b.org.URL()))
	isPicture(t, []byte(picture.body))
	if picture.Header.Get("Content-Type") != "image/png" || dig(activation, "encoding") != "base32" {
		t.Errorf("activation %v", activation)
	}
	a.call("/factors/x/lifecycle/activate", map[string]any{"passCode": "000000"}).wantError(404, "E0000007")
	a.follow("next", map[string]any{"passCode": "000000"}).wantError(403, "E0000068")
	a.follow("next", map[string]any{"passCode": b.codeOf(dig(activation, "sharedSecret"))}).want("SUCCESS")
	if a.doc["sessionToken"] == "" {
		t.Errorf("answer %v", a.doc)
	}
	b.classicSignIn("nora", "correct-horse-nora").want("MFA_REQUIRED")

	b.org.Set(func(k *mockokta.Knobs) { k.RequireFactor = true })
	a = b.classicSignIn("grace", "correct-horse-grace").want("MFA_ENROLL")
	a.call("/factors", map[string]any{"factorType": "email", "provider": "OKTA"}).want("MFA_ENROLL_ACTIVATE")
	first := b.org.MailedCode("grace@acme.test")
	a.call("/factors/"+dig(a.doc, "_embedded", "factor", "id").(string)+"/lifecycle/resend", map[string]any{}).want("MFA_ENROLL_ACTIVATE")
	if second := b.org.MailedCode("grace@acme.test"); second != first {
		a.follow("next", map[string]any{"passCode": first}).wantError(403, "E0000068")
	}
	a.follow("next", map[string]any{"passCode": b.org.MailedCode("grace@acme.test")}).want("SUCCESS")
	if got := b.get("/api/v1/users/x/factors/y/qr/z"); got.StatusCode != http.StatusNotFound {
		t.Errorf("no picture: %d", got.StatusCode)
	}
}

func TestHostedEnrolment(t *testing.T) {
	t.Parallel()
	b := newBrowser(t, start(t, mockokta.Options{}))
	page := b.submit(b.authorize(nil), "nora@acme.test", "correct-horse-nora")
	post := func(code string) reply {
		transaction := page.doc(t).Find("input[name=transaction]").AttrOr("value", "")
		return b.post("/login/enroll", url.Values{"transaction": {transaction}, "code": {code}})
	}
	secret := page.doc(t).Find(".secret").Text()
	if src := page.doc(t).Find("img").AttrOr("src", ""); !strings.HasPrefix(src, "data:image/png;base64,") || secret == "" {
		t.Fatalf("page %s", page.body)
	}
	if b.signedIn() {
		t.Error("signed in without the factor")
	}
	page = post("000000")
	if page.doc(t).Find("#error").Length() != 1 || page.doc(t).Find(".secret").Text() != secret {
		t.Errorf("wrong code: %s", page.body)
	}
	if answer := post(b.codeOf(secret)).redirect(t, callback); answer.Get("code") == "" {
		t.Errorf("answer %v", answer)
	}
	if got := post(b.codeOf(secret)); got.StatusCode != http.StatusBadRequest {
		t.Errorf("twice: %d", got.StatusCode)
	}
}
