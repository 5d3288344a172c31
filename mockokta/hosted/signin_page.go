package hosted

import (
	"cmp"
	"net/http"
	"strings"

	"example.com/okta-gin/mockokta/state"
)

// samplePerson is a line of the sign-in page's list of people.
type samplePerson struct {
	Name, Login, Password, Note string
}

type signInData struct {
	Transaction string
	App         string
	Username    string
	Problem     string // a text
	StepUp      string
	Again       bool
	People      []samplePerson

	// What the widget of Identity Engine asks for: the one after the other, or both at once.
	Identifier, Passcode bool
}

// showSignIn shows the hosted sign-in page for a request. s is the session that was not enough, or nil.
func (o *Pages) showSignIn(w http.ResponseWriter, r *http.Request, req *authRequest, s *state.Session) {
	id := state.RandomID()
	o.transactions.Put(id, req, o.Now().Add(transactionLifetime))
	data := signInData{Username: req.loginHint, Again: s != nil && !req.prompts("login")}
	if s != nil && data.Username == "" && data.Again {
		if entry, found := o.Find(s.UserID); found {
			data.Username = entry.Login
		}
	}
	o.writeSignIn(w, r, id, req, data)
}

// writeSignIn fills in what the page always shows. req is nil on a sign-in to the dashboard.
func (o *Pages) writeSignIn(w http.ResponseWriter, r *http.Request, transaction string, req *authRequest, data signInData) {
	data.Transaction = transaction
	data.Identifier = !data.Passcode || o.Knobs().IdentifyByPassword
	data.Passcode = data.Passcode || o.Knobs().IdentifyByPassword
	if req != nil {
		data.App = req.client.Title()
		if state.Assurance(req.acr) > 1 {
			data.StepUp = req.acr
		}
	}
	data.People = o.samplePeople()
	o.writePage(w, r, page{status: http.StatusOK, name: o.shape("signin"), req: req, data: data})
}

// shownPeople is how many people the sign-in page offers.
const shownPeople = 20

func (o *Pages) samplePeople() []samplePerson {
	var list []samplePerson
	for _, person := range o.People() {
		if len(list) == shownPeople {
			break
		}
		if !person.Active() || person.Password == "" {
			continue
		}
		note := cmp.Or(person.Note, strings.Join(person.Groups, ", "))
		if person.Status == state.StatusLockedOut { // not only those who are for that
			note = "locked out"
		}
		list = append(list, samplePerson{person.FullName(), person.Login, person.Password, note})
	}
	return list
}
