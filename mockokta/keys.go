package mockokta

import (
	"fmt"
	"net/http"
)

// serveKeys answers GET /v1/keys: the public keys of one authorization server.
func (o *Org) serveKeys(as *authServer) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		keys := []any{}
		for _, key := range as.keys.list() {
			keys = append(keys, key.public())
		}
		set := map[string]any{"keys": keys}
		knobs := o.knobs.Load()
		if knobs.TamperKeys != nil {
			knobs.TamperKeys(set)
		}
		w.Header().Set("Cache-Control", fmt.Sprintf("max-age=%d, must-revalidate", int(knobs.KeysMaxAge.Seconds())))
		w.Header().Set("Access-Control-Allow-Origin", "*")
		writeJSON(w, http.StatusOK, set)
	}
}

// RotateKeys is the surprise rotation, on both authorization servers: a new key signs from now on and the
// old ones are withdrawn. It returns the new key id of the custom server.
func (o *Org) RotateKeys() string {
	o.orgAS.keys.replace()
	return o.custom.keys.replace()
}

// PublishNextKey is the first half of a planned rotation, on both servers: a key that nothing is signed with
// yet joins the published ones.
func (o *Org) PublishNextKey() {
	o.orgAS.keys.publish()
	o.custom.keys.publish()
}

// UseNextKey is the second half: the newest published key signs from now on, the others stay published.
func (o *Org) UseNextKey() {
	o.orgAS.keys.useNewest()
	o.custom.keys.useNewest()
}
