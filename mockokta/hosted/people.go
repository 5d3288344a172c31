package hosted

import (
	"net/http"

	"example.com/okta-gin/mockokta/management"
	"example.com/okta-gin/mockokta/state"
)

// TakeStatus is the dashboard's button that deactivates a person, or activates one again. Event hooks are told
// before the page answers. Who has no password yet gets a mail in its place.
func (o *Pages) TakeStatus(w http.ResponseWriter, r *http.Request) {
	entry, found := o.LookUp(r.PostFormValue("login"))
	if !found {
		o.errorPage(w, r, "not_found", "There is no such person.")
		return
	}
	if entry.Status == state.StatusProvisioned {
		o.SendActivation(entry.Login)
		http.Redirect(w, r, "/mail", http.StatusSeeOther)
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
