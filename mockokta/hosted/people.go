package hosted

import (
	"net/http"

	"example.com/okta-gin/mockokta/management"
	"example.com/okta-gin/mockokta/state"
)

// TakeStatus is the dashboard's button that deactivates a person, or activates one again. Event hooks are told
// before the page answers.
func (o *Pages) TakeStatus(w http.ResponseWriter, r *http.Request) {
	entry, found := o.LookUp(r.PostFormValue("login"))
	if !found {
		o.errorPage(w, "not_found", "There is no such person.")
		return
	}
	kind := "user.lifecycle.activate"
	if entry.Status == state.StatusDeprovisioned {
		o.ActivateUser(entry.Login)
	} else {
		kind = "user.lifecycle.deactivate"
		o.DeactivateUser(entry.Login)
	}
	management.Deliver(r.Context(), o.Org, management.Event(o.Org, kind, entry.Person))
	http.Redirect(w, r, "/", http.StatusSeeOther)
}
