package idx

import (
	"net/http"

	"example.com/okta-gin/mockokta/state"
	"example.com/okta-gin/mockokta/wire"
)

// Organization answers GET /.well-known/okta-organization: which engine the org has.
func (e *Engine) Organization(w http.ResponseWriter, _ *http.Request) {
	pipeline := "idx"
	if e.org.Knobs().Classic {
		pipeline = "v1"
	}
	wire.JSON(w, http.StatusOK, object{
		"id": state.OrgID, "cell": "op3", "pipeline": pipeline,
		"_links": object{"organization": object{"href": e.org.URL()}},
		"settings": object{
			"analyticsCollectionEnabled": false, "bugReportingEnabled": true, "omEnabled": false,
			"pssoEnabled": true, "desktopMFAEnabled": true, "itpEnabled": true,
		},
	})
}
