package mockokta_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"example.com/okta-gin/mockokta"
)

// tokenIn is the token in the link of the newest mail to an address.
func (b *browser) tokenIn(name, address string) string {
	b.t.Helper()
	link, err := url.Parse(b.org.MailedLink(address))
	if err != nil || !strings.HasPrefix(link.String(), "http://localhost:8080/authorization-code/login-custom?") || link.Query().Get(name) == "" {
		b.t.Fatalf("link %v, error %v", link, err)
	}
	return link.Query().Get(name)
}

// resumed begins a sign-in by script with the token of a mail.
func (b *browser) resumed(name, token string) *script {
	b.t.Helper()
	return b.begin(map[string]string{name: token})
}

func TestIdentityEngineRecoveryByCode(t *testing.T) {
	t.Parallel()
	b := newBrowser(t, start(t, mockokta.Options{}))
	forget := func(login string) *script {
		s := b.begin(nil)
		s.fill(0, map[string]any{"identifier": login})
		href := dig(s.doc, "currentAuthenticatorEnrollment", "value", "recover", "href").(string)
		s.call(strings.TrimPrefix(href, b.org.URL()), map[string]any{"stateHandle": s.doc["stateHandle"]})
		s.want(200, "challenge-authenticator", "")
		return s
	}
	s := forget("ada@acme.test")
	s.fill(0, passcodeOf("000000"))
	s.want(401, "challenge-authenticator", "api.authn.error.PASSCODE_INVALID")
	first := b.org.MailedCode("ada@acme.test")
	s.call("/idp/idx/challenge/resend", map[string]any{"stateHandle": s.doc["stateHandle"]})
	if second := b.org.MailedCode("ada@acme.test"); second != first {
		s.fill(0, passcodeOf(first))
		s.want(401, "challenge-authenticator", "api.authn.error.PASSCODE_INVALID")
	}
	link := b.tokenIn("recovery_token", "ada@acme.test")
	s.fill(0, passcodeOf(b.org.MailedCode("ada@acme.test")))
	s.want(200, "reset-authenticator", "")
	s.fill(0, passcodeOf("short"))
	s.want(400, "reset-authenticator", "password.passwordRequirementsNotMet")
	s.fill(0, passcodeOf("correct-horse-ada"))
	s.want(400, "reset-authenticator", "password.passwordRequirementsNotMet")
	s.fill(0, passcodeOf("another-horse-ada"))
	if got := s.redeem(nil); got.StatusCode != http.StatusOK {
		t.Fatalf("redeem: %s", got.body)
	}
	wantOAuthError(t, b.interact(map[string]string{"recovery_token": link}), 400, "invalid_request", "The recovery token is invalid")
	b.classicSignIn("ada", "correct-horse-ada").wantError(401, "E0000004")
	b.classicSignIn("ada", "another-horse-ada").want("SUCCESS")

	// nothing tells who there is: an unknown person, one who is locked out, one who is to be activated
	mails := len(b.org.Mails())
	for _, login := range []string{"nobody@acme.test", "lou@acme.test", "pia@acme.test"} {
		s := forget(login)
		if dig(s.doc, "currentAuthenticatorEnrollment", "value", "profile", "email") == "" {
			t.Errorf("%s: %s", login, s.last.body)
		}
		s.fill(0, passcodeOf(""))
		s.want(401, "challenge-authenticator", "api.authn.error.PASSCODE_INVALID")
	}
	if len(b.org.Mails()) != mails {
		t.Error("mails went out")
	}

	b.org.Set(func(k *mockokta.Knobs) { k.IdentifyByPassword = true })
	s = b.begin(nil)
	s.call("/idp/idx/recover", map[string]any{"stateHandle": s.doc["stateHandle"]})
	s.want(200, "identify-recovery", "")
	s.fill(0, map[string]any{"identifier": "grace@acme.test"})
	s.want(200, "challenge-authenticator", "")
	s.call("/idp/idx/recover", map[string]any{"stateHandle": s.doc["stateHandle"]})
	s.want(400, "challenge-authenticator", "mockokta.wrong.step")

	b.org.Set(func(k *mockokta.Knobs) { k.NoRecovery = true })
	s = b.begin(nil)
	s.call("/idp/idx/recover", map[string]any{"stateHandle": s.doc["stateHandle"]})
	s.want(403, "identify", "oie.selfservice.reset.password.not.allowed")
}

func TestIdentityEngineRecoveryByLink(t *testing.T) {
	t.Parallel()
	now := newClock()
	b := newBrowser(t, start(t, mockokta.Options{Now: now.Now}))
	if b.org.SendRecovery("nobody") != "" {
		t.Error("a mail to nobody")
	}
	token := b.org.SendRecovery("alan@acme.test")
	if token != b.tokenIn("recovery_token", "alan@acme.test") {
		t.Error("another token in the mail")
	}
	s, twin := b.resumed("recovery_token", token), b.resumed("recovery_token", token)
	s.want(200, "reset-authenticator", "")
	s.fill(0, passcodeOf("another-horse-alan"))
	s.want(200, "challenge-authenticator", "") // the second factor is asked for still
	s.fill(0, passcodeOf(b.org.TOTPCode("alan")))
	if got := s.redeem(nil); got.StatusCode != http.StatusOK {
		t.Errorf("redeem: %s", got.body)
	}
	twin.fill(0, passcodeOf("a-third-horse-alan"))
	twin.want(403, "reset-authenticator", "idx.invalid.reset.password.token")

	refused := func(name, token string) {
		t.Helper()
		wantOAuthError(t, b.interact(map[string]string{"recovery_token": token}), 400, "invalid_request", "The recovery token is invalid")
	}
	refused("used", token)
	refused("unknown", "x")
	late := b.org.SendRecovery("ada")
	now.add(time.Hour)
	refused("late", late)
	locked := b.org.SendRecovery("lou")
	refused("locked out", locked)

	b.org.Set(func(k *mockokta.Knobs) { k.MagicLink = true })
	s = b.begin(nil)
	s.fill(0, map[string]any{"identifier": "ada@acme.test"})
	s.call("/idp/idx/recover", map[string]any{"stateHandle": s.doc["stateHandle"]})
	link, err := url.Parse(b.org.MailedLink("ada@acme.test"))
	if err != nil || !strings.HasPrefix(link.String(), callback+"?") || link.Query().Get("state") != "state-1" {
		t.Fatalf("link %v, error %v", link, err)
	}
	s.fill(0, passcodeOf(link.Query().Get("otp")))
	s.want(200, "reset-authenticator", "")
}

func TestIdentityEngineActivation(t *testing.T) {
	t.Parallel()
	now := newClock()
	public := mockokta.Client{ID: "0oapublic", RedirectURIs: []string{callback}, Grants: []string{"interaction_code"}}
	b := newBrowser(t, start(t, mockokta.Options{Now: now.Now, Clients: []mockokta.Client{mockokta.DefaultClient(), public}}))
	b.classicSignIn("pia", "").wantError(401, "E0000004")
	if b.org.SendActivation("ada") != "" {
		t.Error("a mail to who is active")
	}
	late := b.org.SendActivation("pia")
	now.add(7 * 24 * time.Hour)
	wantOAuthError(t, b.interact(map[string]string{"activation_token": late}), 400, "invalid_request", "The activation token is invalid")

	b.post("/people/status", url.Values{"login": {"pia@acme.test"}}) // the dashboard's button
	token := b.tokenIn("activation_token", "pia@acme.test")
	wantOAuthError(t, b.interact(map[string]string{"activation_token": token, "client_id": public.ID}), 400, "invalid_request", "Only confidential clients can use the activation token flow")
	wantOAuthError(t, b.interact(map[string]string{"recovery_token": token}), 400, "invalid_request", "The recovery token is invalid")
	b.org.Set(func(k *mockokta.Knobs) { k.RequireFactor = true })
	s := b.resumed("activation_token", token)
	s.want(200, "enroll-authenticator", "")
	s.fill(0, passcodeOf("short"))
	s.want(400, "enroll-authenticator", "password.passwordRequirementsNotMet")
	s.fill(0, passcodeOf("correct-horse-pia"))
	s.want(200, "select-authenticator-enroll", "")
	s.choose(0, "otp")
	s.fill(0, passcodeOf(b.codeOf(dig(s.doc, "currentAuthenticator", "value", "contextualData", "sharedSecret"))))
	if claims := claimsOf(t, s.redeem(nil).json(t)["id_token"]); claims["preferred_username"] != nil && claims["preferred_username"] != "pia@acme.test" {
		t.Errorf("claims %v", claims)
	}
	wantOAuthError(t, b.interact(map[string]string{"activation_token": token}), 400, "invalid_request", "The activation token is invalid")
}

func TestIdentityEnginePasswordWarning(t *testing.T) {
	t.Parallel()
	b := newBrowser(t, start(t, mockokta.Options{}))
	signIn := func() *script {
		s := b.begin(nil)
		s.fill(0, map[string]any{"identifier": "wanda"})
		s.fill(0, passcodeOf("correct-horse-wanda"))
		s.want(200, "reenroll-authenticator-warning skip", "")
		if dig(s.doc, "currentAuthenticator", "value", "settings", "daysToExpiry") != 4.0 {
			t.Errorf("document %v", s.doc)
		}
		return s
	}
	s := signIn()
	s.fill(1, map[string]any{})
	if got := s.redeem(nil); got.StatusCode != http.StatusOK {
		t.Errorf("skipped: %s", got.body)
	}
	s = signIn()
	s.fill(0, passcodeOf("another-horse-wanda"))
	if got := s.redeem(nil); got.StatusCode != http.StatusOK {
		t.Errorf("changed: %s", got.body)
	}
	b.classicSignIn("wanda", "another-horse-wanda").want("SUCCESS") // and warned no more
}

func TestClassicPasswordWarning(t *testing.T) {
	t.Parallel()
	b := newBrowser(t, start(t, mockokta.Options{}))
	if a := b.json("/api/v1/authn", map[string]any{"username": "wanda", "password": "correct-horse-wanda"}, nil).json(t); a["status"] != "SUCCESS" {
		t.Errorf("warned without asking: %v", a)
	}
	a := b.classicSignIn("wanda", "correct-horse-wanda").want("PASSWORD_WARN")
	if dig(a.doc, "_embedded", "policy", "expiration", "passwordExpireDays") != 4.0 {
		t.Errorf("document %v", a.doc)
	}
	a.follow("skip", map[string]any{}).want("SUCCESS")
	a = b.classicSignIn("wanda", "correct-horse-wanda")
	a.follow("next", map[string]any{"oldPassword": "wrong", "newPassword": "another-horse-wanda"}).wantError(403, "E0000014")
	a.follow("next", map[string]any{"oldPassword": "correct-horse-wanda", "newPassword": "another-horse-wanda"}).want("SUCCESS")
	b.classicSignIn("wanda", "another-horse-wanda").want("SUCCESS")
}

func TestClassicRecovery(t *testing.T) {
	t.Parallel()
	now := newClock()
	b := newBrowser(t, start(t, mockokta.Options{Now: now.Now}))
	recover := func(login string) *authn {
		a := (&authn{browser: b}).call("/recovery/password", map[string]any{"username": login, "factorType": "EMAIL"}).want("RECOVERY_CHALLENGE")
		if len(a.doc) != 4 || a.doc["factorResult"] != "WAITING" || a.doc["recoveryType"] != "PASSWORD" {
			t.Errorf("answer %v", a.doc)
		}
		return a
	}
	recover("nobody")
	recover("lou")
	if len(b.org.Mails()) != 0 {
		t.Error("mails went out")
	}
	recover("ada@acme.test")
	token := b.tokenIn("recovery_token", "ada@acme.test")
	begin := func(token string) *authn {
		return (&authn{browser: b}).call("/recovery/token", map[string]any{"recoveryToken": token})
	}
	a, twin := begin(token).want("PASSWORD_RESET"), begin(token).want("PASSWORD_RESET")
	if a.doc["recoveryType"] != "PASSWORD" || dig(a.doc, "_embedded", "user", "profile", "login") != "ada@acme.test" {
		t.Errorf("answer %v", a.doc)
	}
	a.follow("next", map[string]any{"newPassword": "short"}).wantError(403, "E0000014")
	a.call("/credentials/change_password", map[string]any{"newPassword": "another-horse-ada"}).wantError(403, "E0000079")
	a.follow("next", map[string]any{"newPassword": "another-horse-ada"}).want("SUCCESS")
	twin.follow("next", map[string]any{"newPassword": "a-third-horse-ada"}).wantError(401, "E0000011")
	begin(token).wantError(401, "E0000011")
	begin("x").wantError(401, "E0000011")
	late := b.org.SendRecovery("grace")
	now.add(time.Hour)
	begin(late).wantError(401, "E0000011")
	b.classicSignIn("ada", "another-horse-ada").want("SUCCESS")
	(&authn{browser: b}).call("/recovery/password", map[string]any{"username": "", "factorType": "EMAIL"}).wantError(400, "E0000001")
	(&authn{browser: b}).call("/recovery/password", map[string]any{"username": "ada", "factorType": "SMS"}).wantError(400, "E0000001")
}

func TestClassicActivation(t *testing.T) {
	t.Parallel()
	b := newBrowser(t, start(t, mockokta.Options{}))
	begin := func(token string) *authn {
		return (&authn{browser: b}).call("", map[string]any{"token": token})
	}
	begin("x").wantError(401, "E0000004")
	token := b.org.SendActivation("pia")
	a := begin(token).want("PASSWORD_RESET")
	if a.doc["recoveryType"] != "ACCOUNT_ACTIVATION" {
		t.Errorf("answer %v", a.doc)
	}
	a.follow("next", map[string]any{"newPassword": "correct-horse-pia"}).want("SUCCESS")
	begin(token).wantError(401, "E0000004")
	b.classicSignIn("pia", "correct-horse-pia").want("SUCCESS")
}
