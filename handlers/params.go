package handlers

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
)

// params are the parameters of a sign-in request. OAuth forbids repeating one
// (RFC 6749 section 3.1): which copy counts must not be a matter of taste.
type params url.Values

func queryParams(r *http.Request) (params, error) {
	return single(r.URL.Query())
}

// formParams reads a posted form, never the query.
func formParams(w http.ResponseWriter, r *http.Request) (params, error) {
	kind, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";")
	if r.ContentLength != 0 && !strings.EqualFold(strings.TrimSpace(kind), "application/x-www-form-urlencoded") {
		return nil, &problem{
			status: http.StatusUnsupportedMediaType, heading: "That form can't be read",
			detail: "This address takes application/x-www-form-urlencoded.", reason: "media_type",
		}
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	if err := r.ParseForm(); err != nil {
		if tooLarge := new(http.MaxBytesError); errors.As(err, &tooLarge) {
			return nil, &problem{
				status: http.StatusRequestEntityTooLarge, heading: "That form is too large",
				detail: "This address takes small forms only.", reason: "form_too_large",
			}
		}
		return nil, badRequest("The form is not encoded as forms are.")
	}
	return single(r.PostForm)
}

func single(values url.Values) (params, error) {
	for name, all := range values {
		if len(all) > 1 {
			return nil, badRequest("A parameter is given more than once.")
		}
		if hasControl(name) || hasControl(all...) {
			return nil, badRequest("A parameter holds control characters.")
		}
	}
	return params(values), nil
}

func (p params) get(name string) string { return url.Values(p).Get(name) }

func (p params) has(name string) bool { return url.Values(p).Has(name) }
