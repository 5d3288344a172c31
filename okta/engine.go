package okta

import (
	"context"
	"errors"
	"net/http"
	"time"

	"example.com/okta-gin/okta/oktahttp"
)

const (
	organizationPath = "/.well-known/okta-organization"
	classicPipeline  = "v1"

	// engineFresh: orgs are upgraded rarely, but a person may be waiting for it.
	engineFresh = time.Hour
	// engineTimeout: the answer only chooses between two pages.
	engineTimeout = 2 * time.Second
)

// organization is what an org says of itself to everybody.
type organization struct {
	Pipeline string `json:"pipeline"`
}

// fetchOrganization takes the word of an org that has no such document, or one that
// nobody can read, for Identity Engine.
func fetchOrganization(client *http.Client, org string) func(context.Context) (*organization, time.Duration, error) {
	return func(ctx context.Context) (*organization, time.Duration, error) {
		var o organization
		if _, err := oktahttp.GetJSON(oktahttp.WithEndpoint(ctx, "organization"), client, org+organizationPath, "", &o); errors.Is(err, ErrUnreachable) {
			return nil, 0, err
		} else if err != nil {
			return &organization{}, engineFresh, nil
		}
		return &o, engineFresh, nil
	}
}

// IsClassic reports whether the org runs on the Classic Engine, as OKTA_ENGINE or
// else the org itself says. Where neither does, it runs on Identity Engine; the
// error, ErrUnreachable, is for the log then.
func (rp *RelyingParty) IsClassic(ctx context.Context) (bool, error) {
	if rp.cfg.Engine != "" {
		return rp.cfg.Engine == "classic", nil
	}
	ctx, cancel := context.WithTimeout(ctx, engineTimeout)
	defer cancel()
	o, err := rp.organization.Get(ctx)
	if err != nil {
		return false, err
	}
	return o.Pipeline == classicPipeline, nil
}
