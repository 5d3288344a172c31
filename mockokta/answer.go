package mockokta

import (
	"bytes"
	"embed"
	"encoding/json"
	"html/template"
	"net/http"
	"strings"
)

// apiError is an error of Okta's management and authentication APIs. Callers branch on the code.
type apiError struct {
	status  int
	code    string
	summary string
}

var (
	errMalformed      = apiError{http.StatusBadRequest, "E0000003", "The request body was not well-formed."}
	errAuthentication = apiError{http.StatusUnauthorized, "E0000004", "Authentication failed"}
	errForbidden      = apiError{http.StatusForbidden, "E0000006", "You do not have permission to perform the requested action"}
	errInvalidToken   = apiError{http.StatusUnauthorized, "E0000011", "Invalid token provided"}
	errMediaType      = apiError{http.StatusUnsupportedMediaType, "E0000021", "Bad request. Accept and/or Content-Type headers likely do not match supported values."}
	errMethod         = apiError{http.StatusMethodNotAllowed, "E0000022", "The endpoint does not support the provided HTTP method"}
	errRateLimit      = apiError{http.StatusTooManyRequests, "E0000047", "API call exceeded rate limit due to too many requests."}
	errValidation     = apiError{http.StatusBadRequest, "E0000001", "Api validation failed"}
)

// errNotFound names what was looked for, e.g. "ada (User)".
func errNotFound(what string) apiError {
	return apiError{http.StatusNotFound, "E0000007", "Not found: Resource not found: " + what}
}

func writeAPIError(w http.ResponseWriter, e apiError, causes ...string) {
	list := []map[string]string{}
	for _, cause := range causes {
		list = append(list, map[string]string{"errorSummary": cause})
	}
	noStore(w)
	writeJSON(w, e.status, map[string]any{
		"errorCode": e.code, "errorSummary": e.summary, "errorLink": e.code,
		"errorId": "oae" + randomID()[:22], "errorCauses": list,
	})
}

// oauthError is an error of the OAuth endpoints.
type oauthError struct {
	status      int
	code        string
	description string
}

func (e *oauthError) Error() string { return e.code + ": " + e.description }

func writeOAuthError(w http.ResponseWriter, e *oauthError) {
	noStore(w)
	writeJSON(w, e.status, map[string]string{"error": e.code, "error_description": e.description})
}

func badRequest(code, description string) *oauthError {
	return &oauthError{http.StatusBadRequest, code, description}
}

func noStore(w http.ResponseWriter) {
	w.Header().Set("Cache-Control", "no-cache, no-store")
	w.Header().Set("Pragma", "no-cache")
}

func writeJSON(w http.ResponseWriter, status int, body any) {
	encoded, err := json.Marshal(body)
	if err != nil {
		http.Error(w, "the stand-in could not encode its answer: "+err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json;charset=UTF-8")
	w.WriteHeader(status)
	w.Write(encoded)
}

//go:embed pages/*.html pages/*.css pages/*.js
var pageFiles embed.FS

var pages = template.Must(template.New("").Funcs(template.FuncMap{"join": strings.Join}).ParseFS(pageFiles, "pages/*.html"))

// page writes one of the hosted pages. targets are the URIs that a form on the page may lead to, directly or
// by redirect; frames are those it may load in frames.
type page struct {
	status  int
	name    string
	data    any
	targets []string
	frames  []string
}

func (o *Org) writePage(w http.ResponseWriter, p page) {
	var body bytes.Buffer
	if err := pages.ExecuteTemplate(&body, p.name, p.data); err != nil {
		o.log.Error("mockokta page", "name", p.name, "error", err)
		http.Error(w, "the stand-in could not make its page", http.StatusInternalServerError)
		return
	}
	h := w.Header()
	noStore(w)
	h.Set("Content-Type", "text/html; charset=utf-8")
	policy := "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; base-uri 'none'; frame-ancestors 'none'; form-action 'self'" + sources(p.targets)
	if len(p.frames) > 0 {
		policy += "; frame-src" + sources(p.frames)
	}
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	w.WriteHeader(p.status)
	w.Write(body.Bytes())
}

// sources lists the origins of URIs for a content security policy.
func sources(uris []string) string {
	var b strings.Builder
	for _, uri := range uris {
		b.WriteString(" " + originOf(uri))
	}
	return b.String()
}

// errorPage is Okta's page for requests it cannot send back to the app.
func (o *Org) errorPage(w http.ResponseWriter, code, description string) {
	o.writePage(w, page{status: http.StatusBadRequest, name: "error.html", data: map[string]string{"Code": code, "Description": description}})
}

// expiredPage is for forms that come too late or a second time.
func (o *Org) expiredPage(w http.ResponseWriter) {
	o.errorPage(w, "login_required", "Request expired, please start over and try again.")
}
