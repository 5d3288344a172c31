package web

import (
	"errors"
	"mime"
	"net/http"
	"net/url"
	"slices"
)

const maxForm = 64 << 10 // bytes of a posted form

// Params are parameters of which none is repeated. OAuth forbids repeating one
// (RFC 6749 section 3.1): which copy counts must not be a matter of taste.
type Params url.Values

// QueryParams reads the query of r. Only the parameters named in texts may hold
// control characters. Errors are problems.
func QueryParams(r *http.Request, texts ...string) (Params, error) {
	values, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return nil, BadRequest("The address is not encoded as addresses are.")
	}
	return single(values, texts)
}

// FormParams reads a posted form of up to 64 KB, never the query. Only the fields
// named in texts may hold control characters. Errors are problems: 415 for another
// kind of body, 413 for a larger one, 400.
func FormParams(w http.ResponseWriter, r *http.Request, texts ...string) (Params, error) {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if r.ContentLength != 0 && (err != nil || kind != "application/x-www-form-urlencoded") {
		return nil, &Problem{
			Status: http.StatusUnsupportedMediaType, Heading: "That form can't be read",
			Detail: "This address takes application/x-www-form-urlencoded.", Reason: "media_type",
		}
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	if err := r.ParseForm(); err != nil {
		if tooLarge := new(http.MaxBytesError); errors.As(err, &tooLarge) {
			return nil, &Problem{
				Status: http.StatusRequestEntityTooLarge, Heading: "That form is too large",
				Detail: "This address takes small forms only.", Reason: "form_too_large",
			}
		}
		return nil, BadRequest("The form is not encoded as forms are.")
	}
	return single(r.PostForm, texts)
}

func single(values url.Values, texts []string) (Params, error) {
	for name, all := range values {
		if len(all) > 1 {
			return nil, BadRequest("A parameter is given more than once.")
		}
		if HasControl(name) || HasControl(all...) && !slices.Contains(texts, name) {
			return nil, BadRequest("A parameter holds control characters.")
		}
	}
	return Params(values), nil
}

// Get returns the parameter of that name, "" where there is none.
func (p Params) Get(name string) string { return url.Values(p).Get(name) }

// Has reports whether there is a parameter of that name.
func (p Params) Has(name string) bool { return url.Values(p).Has(name) }
