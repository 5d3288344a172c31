package mockokta

import (
	"net/http"
	"strings"
)

// samplePerson is a line of the sign-in page's list of people.
type samplePerson struct {
	Name, Login, Password, Note string
}

type signInData struct {
	Transaction string
	App         string
	Username    string
	Failed      bool
	StepUp      string
	Again       bool
	People      []samplePerson
}

// showSignIn shows the hosted sign-in page for a request. s is the session that was not enough, or nil.
func (o *Org) showSignIn(w http.ResponseWriter, req *authRequest, s *ssoSession) {
	id := randomID()
	o.transactions.put(id, req, o.now().Add(transactionLifetime))
	data := signInData{Username: req.loginHint, Again: s != nil && !req.prompts("login")}
	if s != nil && data.Username == "" && data.Again {
		if entry, found := o.directory.find(s.userID); found {
			data.Username = entry.Login
		}
	}
	o.writeSignIn(w, id, req, data)
}

// writeSignIn fills in what the page always shows. req is nil on a sign-in to the dashboard.
func (o *Org) writeSignIn(w http.ResponseWriter, transaction string, req *authRequest, data signInData) {
	p := page{status: http.StatusOK, name: "signin.html"}
	data.Transaction = transaction
	if req != nil {
		data.App = defaultTo(req.client.Name, req.client.ID)
		if assurance[req.acr] > 1 {
			data.StepUp = req.acr
		}
		p.targets = []string{req.redirectURI}
	}
	data.People = o.samplePeople()
	p.data = data
	o.writePage(w, p)
}

// shownPeople is how many people the sign-in page offers.
const shownPeople = 20

func (o *Org) samplePeople() []samplePerson {
	var list []samplePerson
	for _, person := range o.People() {
		if len(list) == shownPeople {
			break
		}
		if !person.active() || person.Password == "" {
			continue
		}
		note := strings.Join(person.Groups, ", ")
		if len(person.Groups) > 5 {
			note = "many groups"
		}
		if !person.Assigned {
			note = "not assigned to the app"
		}
		list = append(list, samplePerson{person.name(), person.Login, person.Password, note})
	}
	return list
}

// serveSignInPage is Okta's sign-in page outside of any app: it leads to the dashboard.
func (o *Org) serveSignInPage(w http.ResponseWriter, _ *http.Request) {
	o.writeSignIn(w, "", nil, signInData{})
}

// serveSignIn takes the sign-in form.
func (o *Org) serveSignIn(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil {
		o.errorPage(w, "invalid_request", "The request cannot be read.")
		return
	}
	var req *authRequest
	id := r.PostForm.Get("transaction")
	if id != "" {
		found := false
		if req, found = o.transactions.get(id); !found {
			o.expiredPage(w)
			return
		}
	}
	username := r.PostForm.Get("username")
	person, ok := o.checkPassword(username, r.PostForm.Get("password"))
	if !ok {
		o.writeSignIn(w, id, req, signInData{Username: username, Failed: true})
		return
	}
	if req == nil {
		o.startSession(w, r, person.ID, 1)
		http.Redirect(w, r, "/", http.StatusSeeOther)
		return
	}
	if _, found := o.transactions.take(id); !found {
		o.expiredPage(w)
		return
	}
	o.proceed(w, r, req, o.startSession(w, r, person.ID, assurance[req.acr]), true)
}
