package hosted

import (
	"net/http"
)

// SignInPage is Okta's sign-in page outside of any app: it leads to the dashboard.
func (o *Pages) SignInPage(w http.ResponseWriter, _ *http.Request) {
	o.writeSignIn(w, "", nil, signInData{})
}

// TakeSignIn takes the sign-in form.
func (o *Pages) TakeSignIn(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil {
		o.errorPage(w, "invalid_request", "The request cannot be read.")
		return
	}
	var req *authRequest
	id := r.PostForm.Get("transaction")
	if id != "" {
		found := false
		if req, found = o.transactions.Get(id); !found {
			o.expiredPage(w)
			return
		}
	}
	username := r.PostForm.Get("username")
	person, ok := o.CheckPassword(username, r.PostForm.Get("password"))
	if !ok {
		o.writeSignIn(w, id, req, signInData{Username: username, Failed: true})
		return
	}
	if req == nil {
		o.StartSession(w, r, person.ID, 1)
		http.Redirect(w, r, "/", http.StatusSeeOther)
		return
	}
	if _, found := o.transactions.Take(id); !found {
		o.expiredPage(w)
		return
	}
	o.proceed(w, r, req, o.StartSession(w, r, person.ID, assurance[req.acr]), true)
}
