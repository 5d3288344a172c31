package hosted

import "net/http"

// Mail answers GET /mail: the messages that the org would have sent, newest first.
func (o *Pages) Mail(w http.ResponseWriter, _ *http.Request) {
	o.writePage(w, page{status: http.StatusOK, name: "mail.html", data: o.Mails()})
}
