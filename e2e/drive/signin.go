package drive

// The stand-in's sign-in form, by the markers of Okta's classic widget.
const (
	UsernameField = `[data-se="o-form-input-username"] input`
	PasswordField = `[data-se="o-form-input-password"] input`
	SignInButton  = `[data-type="save"]`
)

// SignIn fills in the stand-in's sign-in page, which the tab must be on or on the
// way to, and sends it.
func (b *Tab) SignIn(login string) {
	b.T.Helper()
	b.SignInWith(login, PasswordOf(login))
}

// SignInWith is SignIn with a password that may be wrong.
func (b *Tab) SignInWith(login, password string) {
	b.T.Helper()
	b.WaitFor(SignInButton)
	b.Fill(UsernameField, login)
	b.Fill(PasswordField, password)
	b.Follow(SignInButton)
}

// SignInAndClose fills in the stand-in's sign-in page in a window that closes
// itself when the sign-in is over.
func (b *Tab) SignInAndClose(login string) {
	b.T.Helper()
	b.WaitFor(SignInButton)
	b.Fill(UsernameField, login)
	b.Fill(PasswordField, PasswordOf(login))
	b.Click(SignInButton)
}

// SignedInAt goes to a closed or public page with a session.
func SignedInAt(a *App, path, login string) func(*Tab) {
	return func(b *Tab) {
		b.T.Helper()
		b.Open(a.URL + "/login?return_to=" + path)
		b.SignIn(login)
		b.WaitURL(a.URL)
	}
}
