package hosted

import (
	"cmp"
	"net/http"
	"net/url"

	"example.com/okta-gin/mockokta/state"
	"example.com/okta-gin/mockokta/wire"
)

type tile struct {
	Name, URL string
}

// Dashboard is the org's front page: who is signed in, and a tile for each app that can be launched.
// Okta's dashboard names the org itself as iss, whichever authorization server the app uses.
func (o *Pages) Dashboard(w http.ResponseWriter, r *http.Request) {
	data := struct {
		Person string
		Tiles  []tile
		Issuer string
		People []state.Person
	}{Issuer: o.Issuer(), People: o.People()}
	for _, client := range o.Clients() {
		if client.InitiateLoginURI != "" {
			data.Tiles = append(data.Tiles, tile{client.Title(), wire.AppendQuery(client.InitiateLoginURI, url.Values{"iss": {o.URL()}})})
		}
	}
	if s := o.Session(r); s != nil {
		if entry, found := o.Find(s.UserID); found {
			data.Person = cmp.Or(entry.FullName(), entry.Login)
		}
	}
	o.writePage(w, r, page{status: http.StatusOK, name: "dashboard.html", data: data})
}
