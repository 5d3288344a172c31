package okta

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"

	"example.com/okta-gin/okta/oktahttp"
)

// maxToken bounds a token in bytes before any work is done on it. Okta's tokens
// with a hundred groups are about 8 KB.
const maxToken = 64 << 10

// joseHeader is the header of a JWS (RFC 7515 section 4).
type joseHeader struct {
	Algorithm string
	KeyID     string
	Type      string // in lower case, without "application/"
	Critical  bool
}

// headers reads the headers of JWTs. It remembers the last: those of an issuer's tokens
// are the same, to the letter, until its key changes. It is safe for concurrent use.
type headers struct{ last atomic.Pointer[readHeader] }

type readHeader struct {
	text   string // as it was sent
	header joseHeader
}

// of reads the header of a JWT. A member of the wrong type is an error.
func (h *headers) of(raw string) (joseHeader, error) {
	if len(raw) > maxToken {
		return joseHeader{}, fmt.Errorf("it is over %d bytes", maxToken)
	}
	if strings.Count(raw, ".") != 2 || strings.Contains(raw, "\r") || strings.Contains(raw, "\n") { // which base64 would pass over
		return joseHeader{}, errors.New("it is not a JWT")
	}
	text, _, _ := strings.Cut(raw, ".")
	if last := h.last.Load(); last != nil && last.text == text {
		return last.header, nil
	}
	header, err := parseHeader(text)
	if err == nil {
		h.last.Store(&readHeader{strings.Clone(text), header})
	}
	return header, err
}

func parseHeader(text string) (joseHeader, error) {
	decoded, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return joseHeader{}, errors.New("its header is not base64url")
	}
	var members map[string]any // and no struct, which would take ALG for alg
	if err := json.Unmarshal(decoded, &members); err != nil {
		return joseHeader{}, errors.New("its header is not a JSON object")
	}
	var h joseHeader
	if h.Algorithm, err = textMember(members, "alg"); err != nil {
		return joseHeader{}, err
	}
	if h.KeyID, err = textMember(members, "kid"); err != nil {
		return joseHeader{}, err
	}
	if h.Type, err = textMember(members, "typ"); err != nil {
		return joseHeader{}, err
	}
	h.Type = strings.TrimPrefix(strings.ToLower(h.Type), "application/")
	_, h.Critical = members["crit"]
	return h, nil
}

// textMember is empty where there is no member of that name.
func textMember(members map[string]any, name string) (string, error) {
	value, present := members[name]
	text, ok := value.(string)
	if present && !ok {
		return "", fmt.Errorf("%s in its header is not a string", name)
	}
	return text, nil
}

// check refuses what no token of any kind may be: signed with anything but RS256,
// dependent on extensions (RFC 7515 section 4.1.11), or of a typ not among types.
func (h joseHeader) check(types []string) error {
	switch {
	case h.Algorithm != "RS256":
		return errors.New("it is not signed with RS256")
	case h.Critical:
		return errors.New("it has a critical header that is not understood")
	case !slices.Contains(types, h.Type):
		return fmt.Errorf("it is a %q token", oktahttp.Quoted(h.Type))
	}
	return nil
}

// decodePayload returns the claims in the second part of a JWT, whoever wrote
// them. A payload that is not a JSON object is an error.
func decodePayload(raw string) (map[string]any, error) {
	_, rest, _ := strings.Cut(raw, ".")
	encoded, _, _ := strings.Cut(rest, ".")
	payload, err := base64.RawURLEncoding.DecodeString(encoded)
	if err != nil {
		return nil, errors.New("the payload is not base64url")
	}
	var claims map[string]any
	if err := oktahttp.DecodeJSON(payload, &claims); err != nil || claims == nil {
		return nil, errors.New("the payload is not a JSON object")
	}
	return claims, nil
}
