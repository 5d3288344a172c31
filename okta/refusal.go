package okta

import (
	"errors"
	"fmt"
	"strings"

	"example.com/okta-gin/okta/advice"
	"example.com/okta-gin/okta/oktahttp"
)

const (
	// maxCode bounds the error code of a refusal in bytes.
	maxCode = 100
	// maxDescription bounds its description in runes.
	maxDescription = 500
)

// Refusal is an OAuth 2.0 error response (RFC 6749 sections 4.1.2.1 and 5.2): Okta
// understood the request and declined it. [NewRefusal] makes one.
type Refusal struct {
	// Code is such as "invalid_grant": at most 100 of the characters that RFC 6749
	// allows in it. It is empty if none was left.
	Code string
	// Description is Okta's words: at most 500 runes of valid UTF-8 on one line,
	// without control characters, also those that turn the direction of writing.
	// It may hold HTML: show it escaped.
	Description string
	// Status is the HTTP status of the answer; 0 if it came through the browser.
	Status int
}

// NewRefusal returns the refusal that the error and error_description of an answer
// tell, cleaned as the fields of Refusal promise.
func NewRefusal(code, description string) *Refusal {
	return &Refusal{Code: cleanCode(code), Description: oktahttp.OneLine(description, maxDescription)}
}

// Declined is the refusal that came through the browser to the callback, and says beside
// it which setting and which place in the Admin Console to look at. Error: a *Refusal.
func (rp *RelyingParty) Declined(code, description string) error {
	return rp.advised(NewRefusal(code, description), rp.cfg.DPoP == dpopOn)
}

// advised adds to a refusal what to do about it.
func (rp *RelyingParty) advised(err error, bound bool) error {
	if refusal := new(Refusal); errors.As(err, &refusal) {
		if text := advice.For(rp.cfg, refusal.Code, refusal.Description, bound); text != "" {
			return fmt.Errorf("%s: %w", text, err)
		}
	}
	return err
}

func (r *Refusal) Error() string {
	text := "okta refused: " + r.Code
	if r.Description != "" {
		text += " (" + r.Description + ")"
	}
	if r.Status != 0 {
		text += fmt.Sprintf(", status %d", r.Status)
	}
	return text
}

// refusalOf returns the refusal that the body of an answer tells, if err is for its
// status and body has an OAuth error. It overlooks members of the wrong type. An
// answer that Okta cannot give now is no refusal, whatever its body says.
func refusalOf(err error, body []byte) (*Refusal, bool) {
	var status *StatusError
	if !errors.As(err, &status) || errors.Is(err, ErrUnreachable) {
		return nil, false
	}
	var answer map[string]any
	if oktahttp.DecodeJSON(body, &answer) != nil {
		return nil, false
	}
	return refusalIn(answer, status.Status)
}

// refusalIn returns the refusal that an answer of that status tells, if it has an OAuth
// error.
func refusalIn(answer map[string]any, status int) (*Refusal, bool) {
	code, _ := answer["error"].(string)
	description, _ := answer["error_description"].(string)
	refusal := NewRefusal(code, description)
	refusal.Status = status
	return refusal, refusal.Code != ""
}

// cleanCode keeps the characters of RFC 6749, appendix A.7.
func cleanCode(code string) string {
	code = strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' || r == '"' || r == '\\' {
			return -1
		}
		return r
	}, code)
	return strings.TrimSpace(code[:min(len(code), maxCode)])
}
