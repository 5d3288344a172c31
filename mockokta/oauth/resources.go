package oauth

import (
	"net/url"
	"regexp"
	"slices"
	"strconv"

	"example.com/okta-gin/mockokta/state"
	"example.com/okta-gin/mockokta/wire"
)

// maxResources is how many resource parameters an authorize request may have. A token request may have one.
const maxResources = 10

// CheckResources reads the resource parameters of an authorize request (RFC 8707): audiences that the access tokens
// shall have.
func CheckResources(o *state.Org, as *state.AuthServer, asked []string) ([]string, *wire.OAuthError) {
	knobs := o.Knobs()
	if knobs.IgnoreResource {
		return nil, nil
	}
	if len(asked) > maxResources {
		return nil, tooManyResources(maxResources)
	}
	for _, resource := range asked {
		if resource != as.Audience && (as.IsOrg() || !slices.Contains(knobs.Resources, resource)) {
			return nil, wire.BadRequest("invalid_target", "The authorization server has rejected the 'resource' parameter: "+resource)
		}
	}
	return asked, nil
}

// audience is the aud of an access token: the resource that the token request names, or else all that the grant has.
func audience(o *state.Org, g *state.Grant, asked []string) (any, *wire.OAuthError) {
	granted := g.Resources
	if len(granted) == 0 {
		granted = []string{g.Server.Audience}
	}
	if !o.Knobs().IgnoreResource && len(asked) > 0 {
		if len(asked) > 1 {
			return nil, tooManyResources(1)
		}
		if !slices.Contains(granted, asked[0]) {
			return nil, wire.BadRequest("invalid_request", "The 'resource' parameter does not match the resource used in the authorization request.")
		}
		granted = asked
	}
	if len(granted) == 1 {
		return granted[0], nil
	}
	return granted, nil
}

func tooManyResources(limit int) *wire.OAuthError {
	return wire.BadRequest("invalid_target", "Too many 'resource' parameters in the request; maximum allowed is "+strconv.Itoa(limit)+".")
}

var thumbprintPattern = regexp.MustCompile(`^[A-Za-z0-9_-]{43}$`)

// CheckThumbprint reads the dpop_jkt parameter of an authorize request (RFC 9449 section 10): the thumbprint of the key
// that the code shall be bound to, or nothing.
func CheckThumbprint(params url.Values) (string, *wire.OAuthError) {
	thumbprint := params.Get("dpop_jkt")
	if params.Has("dpop_jkt") && !thumbprintPattern.MatchString(thumbprint) {
		return "", wire.BadRequest("invalid_request", "Invalid value for 'dpop_jkt' parameter.")
	}
	return thumbprint, nil
}
