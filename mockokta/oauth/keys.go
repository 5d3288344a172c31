package oauth

import (
	"fmt"
	"net/http"

	"example.com/okta-gin/mockokta/state"
	"example.com/okta-gin/mockokta/wire"
)

// Keys answers GET /v1/keys: the public keys of one authorization server.
func Keys(o *state.Org, as *state.AuthServer) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		keys := []any{}
		for _, key := range as.Keys.List() {
			keys = append(keys, key.Public())
		}
		set := map[string]any{"keys": keys}
		knobs := o.Knobs()
		if knobs.TamperKeys != nil {
			knobs.TamperKeys(set)
		}
		w.Header().Set("Cache-Control", fmt.Sprintf("max-age=%d, must-revalidate", int(knobs.KeysMaxAge.Seconds())))
		wire.JSON(w, http.StatusOK, set)
	}
}
