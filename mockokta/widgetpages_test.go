package mockokta_test

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"example.com/okta-gin/mockokta"
)

// widgetPages is an org whose hosted pages have the widget's markup.
func widgetPages(t *testing.T, knobs func(*mockokta.Knobs)) *browser {
	b := newBrowser(t, start(t, mockokta.Options{Now: newClock().Now}))
	b.org.Set(func(k *mockokta.Knobs) { k.WidgetPages = true })
	if knobs != nil {
		b.org.Set(knobs)
	}
	return b
}

func classicEngine(k *mockokta.Knobs) { k.Classic = true }

// want checks which elements a page has and, with a "!", lacks.
func (b *browser) want(page reply, selectors ...string) {
	b.t.Helper()
	if page.StatusCode != http.StatusOK {
		b.t.Fatalf("status %d: %s", page.StatusCode, page.body)
	}
	for _, selector := range selectors {
		lacks := selector[0] == '!'
		if lacks {
			selector = selector[1:]
		}
		if found := page.doc(b.t).Find(selector).Length() > 0; found == lacks {
			b.t.Errorf("%s: found is %t in\n%s", selector, found, page.body)
		}
	}
}

// press fills in the fields of the form around a button and presses it, as a browser without scripts does.
func (b *browser) press(page reply, button string, fields map[string]string) reply {
	b.t.Helper()
	pressed := page.doc(b.t).Find(button).First()
	form := pressed.Closest("form")
	if form.Length() == 0 {
		b.t.Fatalf("no %s in a form, status %d: %s", button, page.StatusCode, page.body)
	}
	values := url.Values{}
	form.Find("input[name]").Each(func(_ int, in *goquery.Selection) { values.Set(in.AttrOr("name", ""), in.AttrOr("value", "")) })
	for name, value := range fields {
		if !values.Has(name) {
			b.t.Fatalf("the form has no field %s: %s", name, page.body)
		}
		values.Set(name, value)
	}
	if name := pressed.AttrOr("name", ""); name != "" {
		values.Set(name, pressed.AttrOr("value", ""))
	}
	return b.post(form.AttrOr("action", ""), values)
}

const save = `#okta-sign-in input[type=submit][data-type="save"]`

func TestWidgetPagesOfIdentityEngine(t *testing.T) {
	t.Parallel()
	b := widgetPages(t, nil)
	page := b.authorize(map[string]string{"login_hint": "ada@acme.test"})
	b.want(page, save, `[data-se="o-form-input-identifier"] input[name=identifier][value="ada@acme.test"]`, `label[for=identifier]`,
		`!input[type=password]`, `!script`, `.stand-in`, `details code`)
	page = b.press(page, save, nil)
	b.want(page, save, `[data-se="o-form-input-credentials.passcode"] input[name="credentials.passcode"][type=password]`, `label[for=passcode]`,
		`[data-se=identifier]:contains("ada@acme.test")`, `!input[name=identifier]`, `!.infobox-error`)

	page = b.press(page, `[data-se=cancel]`, nil)
	b.want(page, `input[name=identifier][value=""]`, `!input[type=password]`)
	page = b.press(page, save, map[string]string{"identifier": " "})
	b.want(page, `input[name=identifier]`, `!input[type=password]`)
	page = b.press(page, save, map[string]string{"identifier": "ada"})
	page = b.press(page, save, map[string]string{"credentials.passcode": "wrong"})
	b.want(page, `.infobox-error[role=alert]:contains("Unable to sign in")`, `!input[name=identifier]`)
	if b.signedIn() {
		t.Error("a wrong password made a session")
	}
	if answer := b.press(page, save, map[string]string{"credentials.passcode": "correct-horse-ada"}).redirect(t, callback); !answer.Has("code") {
		t.Errorf("answer %v", answer)
	}
}

func TestWidgetPageWithBothFields(t *testing.T) {
	t.Parallel()
	b := widgetPages(t, func(k *mockokta.Knobs) { k.IdentifyByPassword = true })
	fill := func(page reply, login, password string) reply {
		return b.press(page, save, map[string]string{"identifier": login, "credentials.passcode": password})
	}
	page := fill(b.authorize(nil), "ada@acme.test", "wrong")
	b.want(page, `.infobox-error`, `input[name=identifier][value="ada@acme.test"]`, `!input[name=username]`)
	if answer := fill(page, "ada@acme.test", "correct-horse-ada").redirect(t, callback); !answer.Has("code") {
		t.Errorf("answer %v", answer)
	}
}

func TestWidgetPageSaysWhoIsUnknown(t *testing.T) {
	t.Parallel()
	b := widgetPages(t, nil)
	ask := func() reply {
		return b.press(b.authorize(nil), save, map[string]string{"identifier": "nobody@acme.test"})
	}
	page := ask()
	b.want(page, `input[type=password]`)
	b.want(b.press(page, save, map[string]string{"credentials.passcode": "any"}), `.infobox-error:contains("Unable to sign in")`)
	b.org.Set(func(k *mockokta.Knobs) { k.RevealUnknownUser = true })
	b.want(ask(), `.infobox-error:contains("There is no account with the Username nobody@acme.test.")`, `input[name=identifier]`, `!input[type=password]`)
}

func TestWidgetPagesOfClassic(t *testing.T) {
	t.Parallel()
	b := widgetPages(t, classicEngine)
	page := b.authorize(map[string]string{"login_hint": "ada@acme.test"})
	b.want(page, save+`#okta-signin-submit`, `[data-se="o-form-input-username"] input#okta-signin-username[name=username][value="ada@acme.test"]`,
		`[data-se="o-form-input-password"] input#okta-signin-password[name=password][type=password]`,
		`label[for="okta-signin-username"]`, `label[for="okta-signin-password"]`, `!script`, `.stand-in`)
	page = b.press(page, save, map[string]string{"password": "wrong"})
	b.want(page, `.infobox-error[role=alert]:contains("Unable to sign in")`, `#okta-signin-username[value="ada@acme.test"]`)
	if b.signedIn() {
		t.Error("a wrong password made a session")
	}
	if answer := b.press(page, save, map[string]string{"password": "correct-horse-ada"}).redirect(t, callback); !answer.Has("code") {
		t.Errorf("answer %v", answer)
	}
}

func TestWidgetPagesToTheDashboard(t *testing.T) {
	t.Parallel()
	for name, knobs := range map[string]func(*mockokta.Knobs){"identity": nil, "classic": classicEngine} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := widgetPages(t, knobs)
			page := b.get("/login/login.htm")
			if knobs == nil {
				page = b.press(page, save, map[string]string{"identifier": "ada"})
				page = b.press(page, save, map[string]string{"credentials.passcode": "correct-horse-ada"})
			} else {
				page = b.press(page, save, map[string]string{"username": "ada", "password": "correct-horse-ada"})
			}
			if page.StatusCode != http.StatusSeeOther || page.Header.Get("Location") != "/" || !b.signedIn() {
				t.Errorf("status %d to %q", page.StatusCode, page.Header.Get("Location"))
			}
		})
	}
}

func TestWidgetPagesAskForASecondFactor(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		knobs                           func(*mockokta.Knobs)
		mail, code, wrong, again, first string
	}{
		"identity": {nil, `[data-se="okta_email"] button.select-factor`, "credentials.passcode", `.o-form-input-error`, `.resend-link`,
			`[data-se="google_otp"] button.select-factor`},
		"classic": {classicEngine, `.factor-option:contains("Email")`, "answer", `.infobox-error`, `[data-se="email-send-code"]`,
			`.factor-option:contains("Google Authenticator")`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := widgetPages(t, tt.knobs)
			page := b.submit(b.authorize(nil), "hedy@acme.test", "correct-horse-hedy")
			b.want(page, tt.mail, tt.first, "!"+save, "!script")
			page = b.press(page, tt.mail, nil)
			b.want(page, tt.first, `label`, "!"+tt.mail, "!"+tt.wrong)
			mails := len(b.org.Mails())
			page = b.press(page, tt.again, nil)
			if len(b.org.Mails()) != mails+1 {
				t.Error("no other mail")
			}
			code := b.org.MailedCode("hedy@acme.test")
			page = b.press(page, save, map[string]string{tt.code: wrongCode(code)})
			b.want(page, tt.wrong+`[role=alert]:contains("Invalid code. Try again.")`)
			if b.signedIn() {
				t.Error("a wrong code made a session")
			}
			if answer := b.press(page, save, map[string]string{tt.code: code}).redirect(t, callback); !answer.Has("code") {
				t.Errorf("answer %v", answer)
			}
		})
	}
}
