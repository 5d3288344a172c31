package mockokta

import (
	"cmp"
	"log/slog"
	"net/http"
	"time"

	"example.com/okta-gin/mockokta/state"
)

// DefaultAPIToken is the API token (scheme SSWS) of an org whose Options name none.
const DefaultAPIToken = "00mockApiTokenForTheDemoOnly_0000000000000"

// Org is an Okta org in miniature. It is an http.Handler, and safe for concurrent use. What it knows and how
// tests change it are the methods of its state.
type Org struct {
	*state.Org

	handler   http.Handler
	listening listening
}

// New returns an org that listens nowhere: serve it as an http.Handler. The zero value of Options is a working
// org: DefaultClient, MachineClient and the SamplePeople. Without Options.URL it believes to be at
// "http://" + Options.Addr, or http://127.0.0.1:7777.
func New(o Options) (*Org, error) {
	o.URL = cmp.Or(o.URL, "http://"+cmp.Or(o.Addr, "127.0.0.1:7777"))
	o.APIToken = cmp.Or(o.APIToken, DefaultAPIToken)
	if len(o.Clients) == 0 {
		o.Clients = []Client{DefaultClient(), MachineClient()}
	}
	if o.People == nil {
		o.People = SamplePeople()
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	org, err := state.New(o)
	if err != nil {
		return nil, err
	}
	return &Org{Org: org, handler: routes(org)}, nil
}

// ServeHTTP answers one request.
func (o *Org) ServeHTTP(w http.ResponseWriter, r *http.Request) { o.handler.ServeHTTP(w, r) }
