package keptform

import (
	"errors"
	"fmt"
	"io"
	"net/http"

	"example.com/okta-gin/web"
)

const (
	// MaxForm is how many bytes a form without files may have, and those of one with files
	// that are none.
	MaxForm = 64 << 10
	// maxBack is how much is read of a longer one, to be given back.
	maxBack = 256 << 10
	// maxDiscarded is how much more is taken off the wire: a browser that is still sending
	// shows no answer.
	maxDiscarded = 32 << 20
)

// refusal says why a form was not kept.
type refusal struct {
	status int
	reason string // one word that stays the same; the text given.why_REASON says it
	cause  error
	body   []byte // what was read of it
}

func (e *refusal) Error() string {
	if e.cause != nil {
		return e.reason + ": " + e.cause.Error()
	}
	return e.reason
}

// Unwrap returns the cause.
func (e *refusal) Unwrap() error { return e.cause }

// readForm returns the body of r, of a size and kind that is kept; a *refusal has the
// beginning of another. A form with files may have maxFiles bytes, where that is more than
// MaxForm.
func readForm(r *http.Request, maxFiles int) ([]byte, error) {
	kind := mediaType(r.Header.Get("Content-Type"))
	if r.MultipartForm != nil || r.PostForm != nil {
		return readParsed(r, kind)
	}
	most := MaxForm
	if kind == multiparts {
		most = max(MaxForm, maxFiles)
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, int64(max(most, maxBack))+1))
	if err != nil {
		return nil, unreadable(err)
	}
	if len(body) > most {
		io.CopyN(io.Discard, r.Body, maxDiscarded) // what goes wrong here changes no answer
	}
	switch {
	case kind == "" && len(body) > 0, kind != "" && kind != urlencoded && kind != multiparts && kind != plainText:
		return nil, &refusal{status: http.StatusUnsupportedMediaType, reason: "form_type", body: body}
	case len(body) > most:
		return nil, tooLarge(body)
	}
	return body, checkFields(r, body)
}

// readParsed is readForm for a form that something before us has read already. Of one with
// files there is no telling how it came.
func readParsed(r *http.Request, kind string) ([]byte, error) {
	body := []byte(r.PostForm.Encode())
	switch {
	case kind != urlencoded:
		r.Header.Set("Content-Type", urlencoded) // as body has it
		return nil, &refusal{status: http.StatusUnsupportedMediaType, reason: "form_read_before", body: body}
	case len(body) > MaxForm:
		return nil, tooLarge(body)
	}
	return body, nil
}

// checkFields refuses a form that no page could show whole.
func checkFields(r *http.Request, body []byte) error {
	content := parse(r.Header.Get("Content-Type"), body)
	switch {
	case content.cut:
		return &refusal{status: http.StatusRequestEntityTooLarge, reason: "form_fields", body: body}
	case content.text > MaxForm:
		return tooLarge(body)
	}
	return nil
}

func tooLarge(body []byte) error {
	return &refusal{status: http.StatusRequestEntityTooLarge, reason: "form_too_large", body: body}
}

func unreadable(err error) error {
	if tooLarge := new(http.MaxBytesError); errors.As(err, &tooLarge) {
		return &web.Problem{
			Status: http.StatusRequestEntityTooLarge, Heading: "That form is too large", Detail: "This address takes small forms only.",
			Reason: "form_too_large", Cause: err,
		}
	}
	p := web.BadRequest("The form is not encoded as forms are.")
	p.Cause = fmt.Errorf("read the form: %w", err)
	return p
}
