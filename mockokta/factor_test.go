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

// factorForm answers the page that asks for a second factor.
func (b *browser) factorForm(page reply, fields map[string]string) reply {
	b.t.Helper()
	transaction, found := page.doc(b.t).Find("form[action='/login/factor'] input[name=transaction]").Attr("value")
	if !found {
		b.t.Fatalf("no factor form, status %d: %s", page.StatusCode, page.body)
	}
	form := url.Values{"transaction": {transaction}}
	for name, value := range fields {
		form.Set(name, value)
	}
	return b.post("/login/factor", form)
}

// wrongCode is a code that is surely wrong.
func wrongCode(right string) string {
	if right == "000000" {
		return "000001"
	}
	return "000000"
}

func TestHostedSecondFactor(t *testing.T) {
	t.Parallel()
	for login, tt := range map[string]struct {
		choose string
		amr    []any
	}{
		"katherine": {"", []any{"pwd", "mfa", "email"}},
		"alan":      {"", []any{"pwd", "mfa", "otp"}},
		"hedy":      {"email", []any{"pwd", "mfa", "email"}},
	} {
		t.Run(login, func(t *testing.T) {
			t.Parallel()
			now := newClock()
			b := newBrowser(t, start(t, mockokta.Options{Now: now.Now}))
			code := func() string {
				if tt.amr[2] == "otp" {
					return b.org.TOTPCode(login)
				}
				return b.org.MailedCode(login + "@acme.test")
			}
			page := b.submit(b.authorize(map[string]string{"acr_values": "urn:okta:loa:2fa:any"}), login+"@acme.test", "correct-horse-"+login)
			if tt.choose != "" {
				if code() != "" || page.doc(t).Find("button[name=factor]").Length() != 2 {
					t.Fatalf("no choice: %s", page.body)
				}
				page = b.factorForm(page, map[string]string{"factor": tt.choose})
			}
			first := page
			page = b.factorForm(page, map[string]string{"code": wrongCode(code())})
			if page.doc(t).Find("#error").Text() != "Invalid code. Try again." {
				t.Fatalf("a wrong code: %s", page.body)
			}
			if got := b.factorForm(first, map[string]string{"code": code()}); got.StatusCode != http.StatusBadRequest {
				t.Errorf("a form that was used: %d", got.StatusCode)
			}
			answer := b.factorForm(page, map[string]string{"code": code()}).redirect(t, callback)
			claims := claimsOf(t, b.token(tokenParams(answer.Get("code"), nil)).json(t)["id_token"])
			if !reflect.DeepEqual(claims["amr"], tt.amr) || claims["acr"] != "urn:okta:loa:2fa:any" {
				t.Errorf("claims %v", claims)
			}
			if !b.authorize(map[string]string{"acr_values": "urn:okta:loa:2fa:any", "prompt": "none"}).redirect(t, callback).Has("code") {
				t.Error("the session does not have two factors")
			}
		})
	}
}

func TestCodesWorkOnceAndNotForever(t *testing.T) {
	t.Parallel()
	now := newClock()
	b := newBrowser(t, start(t, mockokta.Options{Now: now.Now}))
	ask := func(login string) reply {
		return b.submit(b.authorize(map[string]string{"prompt": "login"}), login+"@acme.test", "correct-horse-"+login)
	}
	page := ask("katherine")
	old := b.org.MailedCode("katherine@acme.test")
	page = b.factorForm(page, map[string]string{"factor": "email"}) // send again
	if code := b.org.MailedCode("katherine@acme.test"); code != old {
		page = b.factorForm(page, map[string]string{"code": old})
		if page.doc(t).Find("#error").Length() == 0 {
			t.Error("a code works after another was sent")
		}
	}
	now.add(5*time.Minute - time.Second)
	late := b.org.MailedCode("katherine@acme.test")
	page = b.factorForm(page, map[string]string{"code": wrongCode(late)})
	now.add(time.Second)
	if page = b.factorForm(page, map[string]string{"code": late}); page.doc(t).Find("#error").Length() == 0 {
		t.Error("a code works after five minutes")
	}

	code := b.org.TOTPCode("alan")
	b.factorForm(ask("alan"), map[string]string{"code": code}).redirect(t, callback)
	if again := b.factorForm(ask("alan"), map[string]string{"code": code}); again.doc(t).Find("#error").Length() == 0 {
		t.Error("an app's code works twice")
	}
	now.add(30 * time.Second)
	b.factorForm(ask("alan"), map[string]string{"code": b.org.TOTPCode("alan")}).redirect(t, callback)
}

func TestMailPage(t *testing.T) {
	t.Parallel()
	b := newBrowser(t, start(t, mockokta.Options{Now: newClock().Now}))
	b.submit(b.authorize(nil), "katherine@acme.test", "correct-horse-katherine")
	doc := b.get("/mail").doc(t)
	if app := doc.Find(".apps li").First().Text(); !strings.HasPrefix(app, "alan@acme.test: "+b.org.TOTPCode("alan")) {
		t.Errorf("app %q", app)
	}
	mail := doc.Find("article.mail").First()
	if mail.Find(".to").Text() != "katherine@acme.test" || mail.Find(".code").Text() != b.org.MailedCode("KATHERINE@acme.test") || len(b.org.MailedCode("katherine@acme.test")) != 6 {
		t.Errorf("mail %q", mail.Text())
	}
}

func TestLockout(t *testing.T) {
	t.Parallel()
	b := newBrowser(t, start(t, mockokta.Options{}))
	tokens := b.tokens("ada@acme.test", renewable)
	b.org.Set(func(k *mockokta.Knobs) { k.LockAfter = 3 })
	try := func(password string) string {
		page := newBrowser(t, b.org).submit(b.authorize(map[string]string{"prompt": "login"}), "ada@acme.test", password)
		return strings.TrimSpace(page.doc(t).Find("#error").Text())
	}
	for range 2 {
		try("wrong")
	}
	if try("correct-horse-ada") != "" {
		t.Fatal("locked too early")
	}
	for range 2 {
		try("wrong")
	}
	if try("correct-horse-ada") != "" {
		t.Fatal("counting did not begin anew")
	}
	for range 3 {
		if got := try("wrong"); got != "Unable to sign in" {
			t.Errorf("wrong password: %q", got)
		}
	}
	if got := try("correct-horse-ada"); got != "Unable to sign in" {
		t.Errorf("locked: %q", got)
	}
	b.org.Set(func(k *mockokta.Knobs) { k.RevealLockout = true })
	if got := try("correct-horse-ada"); got != "Your account is locked. Please contact your administrator." {
		t.Errorf("locked, revealed: %q", got)
	}
	if !b.signedIn() || b.refresh(tokens["refresh_token"]).StatusCode != http.StatusOK {
		t.Error("the lock-out ended a session or a token")
	}
	b.org.Unlock("ada@acme.test")
	if got := try("correct-horse-ada"); got != "" {
		t.Errorf("unlocked: %q", got)
	}
}

func TestAuthnStatuses(t *testing.T) {
	t.Parallel()
	b := newBrowser(t, start(t, mockokta.Options{}))
	authn := func(login string) reply {
		return b.json("/api/v1/authn", map[string]any{"username": login, "password": "correct-horse-" + login, "options": map[string]any{"warnBeforePasswordExpired": true}}, nil)
	}
	wantAPIError(t, authn("lou"), 401, "E0000004", "Authentication failed")
	b.org.Set(func(k *mockokta.Knobs) { k.RevealLockout = true })
	if got := authn("lou").json(t); got["status"] != "LOCKED_OUT" || got["sessionToken"] != nil || got["_links"].(map[string]any)["next"].(map[string]any)["name"] != "unlock" {
		t.Errorf("locked: %v", got)
	}

	expired := authn("pat").json(t)
	if expired["status"] != "PASSWORD_EXPIRED" || expired["stateToken"] == nil || expired["sessionToken"] != nil {
		t.Fatalf("expired: %v", expired)
	}
	change := func(old, new string) reply {
		return b.json("/api/v1/authn/credentials/change_password", map[string]any{"stateToken": expired["stateToken"], "oldPassword": old, "newPassword": new}, nil)
	}
	wantAPIError(t, change("wrong", "a-new-password"), 403, "E0000014", "Update of credentials failed")
	wantAPIError(t, change("correct-horse-pat", "short"), 403, "E0000014", "Update of credentials failed")
	if got := change("correct-horse-pat", "a-new-password").json(t); got["status"] != "SUCCESS" {
		t.Errorf("changed: %v", got)
	}
	wantAPIError(t, change("correct-horse-pat", "a-new-password"), 401, "E0000011", "Invalid token provided")
	wantAPIError(t, authn("pat"), 401, "E0000004", "Authentication failed")
	if got := b.authn(`{"username":"pat","password":"a-new-password"}`, nil).json(t); got["status"] != "SUCCESS" {
		t.Errorf("with the new password: %v", got)
	}
}

func TestAuthnSecondFactor(t *testing.T) {
	t.Parallel()
	b := newBrowser(t, start(t, mockokta.Options{}))
	required := b.json("/api/v1/authn", map[string]any{"username": "hedy", "password": "correct-horse-hedy"}, nil).json(t)
	if required["status"] != "MFA_REQUIRED" || required["sessionToken"] != nil {
		t.Fatalf("answer %v", required)
	}
	verify := map[string]string{}
	for _, factor := range required["_embedded"].(map[string]any)["factors"].([]any) {
		f := factor.(map[string]any)
		href := f["_links"].(map[string]any)["verify"].(map[string]any)["href"].(string)
		verify[f["factorType"].(string)] = strings.TrimPrefix(href, b.org.URL())
	}
	call := func(path, code string) reply {
		body := map[string]any{"stateToken": required["stateToken"]}
		if code != "" {
			body["passCode"] = code
		}
		return b.json(path, body, nil)
	}
	if got := call(verify["email"], "").json(t); got["status"] != "MFA_CHALLENGE" || got["stateToken"] != required["stateToken"] {
		t.Errorf("challenge %v", got)
	}
	if got := call("/api/v1/authn/previous", "").json(t); got["status"] != "MFA_REQUIRED" || got["stateToken"] != required["stateToken"] {
		t.Errorf("previous %v", got)
	}
	wantAPIError(t, call(verify["email"]+"/resend", ""), 403, "E0000006", "You do not have permission to perform the requested action")
	call(verify["email"], "")
	mails := len(b.org.Mails())
	if got := call(verify["email"]+"/resend", "").json(t); got["status"] != "MFA_CHALLENGE" || len(b.org.Mails()) != mails+1 {
		t.Errorf("resend %v", got)
	}
	code := b.org.MailedCode("hedy@acme.test")
	wantAPIError(t, call(verify["email"], wrongCode(code)), 403, "E0000068", "Invalid Passcode/Answer")
	wantAPIError(t, call("/api/v1/authn/factors/nope/verify", code), 404, "E0000007", "Not found: Resource not found: nope (UserFactor)")
	done := call(verify["email"], code).json(t)
	if done["status"] != "SUCCESS" {
		t.Fatalf("answer %v", done)
	}
	wantAPIError(t, call(verify["token:software:totp"], b.org.TOTPCode("hedy")), 401, "E0000011", "Invalid token provided")
	answer := b.authorize(map[string]string{"sessionToken": done["sessionToken"].(string), "acr_values": "urn:okta:loa:2fa:any"}).redirect(t, callback)
	claims := claimsOf(t, b.token(tokenParams(answer.Get("code"), nil)).json(t)["id_token"])
	if !reflect.DeepEqual(claims["amr"], []any{"pwd", "mfa", "email"}) {
		t.Errorf("amr %v", claims["amr"])
	}

	required = b.json("/api/v1/authn", map[string]any{"username": "alan", "password": "correct-horse-alan"}, nil).json(t)
	cancel := func() reply {
		return b.json("/api/v1/authn/cancel", map[string]any{"stateToken": required["stateToken"]}, nil)
	}
	if got := cancel(); got.StatusCode != http.StatusOK {
		t.Errorf("cancel: %d", got.StatusCode)
	}
	wantAPIError(t, cancel(), 401, "E0000011", "Invalid token provided")
}

func TestWrongCodesLockOut(t *testing.T) {
	t.Parallel()
	locking := func(t *testing.T) *browser {
		b := newBrowser(t, start(t, mockokta.Options{Now: newClock().Now}))
		b.org.Set(func(k *mockokta.Knobs) { k.LockAfter = 2 })
		return b
	}
	t.Run("hosted page", func(t *testing.T) {
		t.Parallel()
		b := locking(t)
		page := b.submit(b.authorize(nil), "alan", "correct-horse-alan")
		for range 2 {
			page = b.factorForm(page, map[string]string{"code": wrongCode(b.org.TOTPCode("alan"))})
		}
		if page = b.factorForm(page, map[string]string{"code": b.org.TOTPCode("alan")}); page.doc(t).Find("#error").Text() != "Unable to sign in" {
			t.Errorf("locked: %d %s", page.StatusCode, page.body)
		}
	})
	t.Run("Classic", func(t *testing.T) {
		t.Parallel()
		b := locking(t)
		required := b.authn(`{"username":"alan","password":"correct-horse-alan"}`, nil).json(t)
		path := strings.TrimPrefix(dig(required, "_embedded", "factors", 0, "_links", "verify", "href").(string), b.org.URL())
		verify := func(code string) reply {
			return b.json(path, map[string]any{"stateToken": required["stateToken"], "passCode": code}, nil)
		}
		for range 2 {
			wantAPIError(t, verify(wrongCode(b.org.TOTPCode("alan"))), 403, "E0000068", "Invalid Passcode/Answer")
		}
		wantAPIError(t, verify(b.org.TOTPCode("alan")), 401, "E0000004", "Authentication failed")
	})
	t.Run("Identity Engine", func(t *testing.T) {
		t.Parallel()
		b := locking(t)
		s := b.begin(nil)
		s.fill(0, map[string]any{"identifier": "alan"})
		s.fill(0, passcodeOf("correct-horse-alan"))
		for range 2 {
			s.fill(0, passcodeOf(wrongCode(b.org.TOTPCode("alan"))))
			s.want(401, "challenge-authenticator", "authfactor.challenge.soft_token.invalid_passcode")
		}
		s.fill(0, passcodeOf(b.org.TOTPCode("alan")))
		s.want(401, "challenge-authenticator", "errors.E0000004")
	})
}
