package hosted

import (
	"net/http"

	"example.com/okta-gin/mockokta/state"
)

// appCode is what somebody's authenticator app shows.
type appCode struct {
	Login, Code, Secret string
}

// Mail answers GET /mail: the messages that the org would have sent, newest first, and what people's
// authenticator apps show.
func (o *Pages) Mail(w http.ResponseWriter, r *http.Request) {
	data := struct {
		Mails []state.Mail
		Apps  []appCode
	}{Mails: o.Mails()}
	for _, person := range o.People() {
		if secret := o.TOTPSecret(person); secret != "" {
			data.Apps = append(data.Apps, appCode{person.Login, o.TOTPCode(person.Login), secret})
		}
	}
	o.writePage(w, r, page{status: http.StatusOK, name: "mail.html", data: data})
}
