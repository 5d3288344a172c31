package mockokta

import (
	"net/http"
	"net/url"
)

type tile struct {
	Name, URL string
}

// serveDashboard is the org's front page: who is signed in, and a tile for each app that can be launched.
// Okta's dashboard names the org itself as iss, whichever authorization server the app uses.
func (o *Org) serveDashboard(w http.ResponseWriter, r *http.Request) {
	data := struct {
		Person string
		Tiles  []tile
		Issuer string
	}{Issuer: o.Issuer()}
	for _, client := range o.Clients() {
		if client.InitiateLoginURI != "" {
			data.Tiles = append(data.Tiles, tile{defaultTo(client.Name, client.ID), appendQuery(client.InitiateLoginURI, url.Values{"iss": {o.url}})})
		}
	}
	if s := o.session(r); s != nil {
		if entry, found := o.directory.find(s.userID); found {
			data.Person = defaultTo(entry.name(), entry.Login)
		}
	}
	o.writePage(w, page{status: http.StatusOK, name: "dashboard.html", data: data})
}
