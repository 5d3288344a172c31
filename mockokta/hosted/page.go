package hosted

import (
	"bytes"
	"embed"
	"net/http"
	"path"
	"slices"
	"strings"

	"example.com/okta-gin/mockokta/wire"
)

//go:embed pages/*.html pages/*.css pages/*.js pages/*.svg
var pageFiles embed.FS

// page is one of the hosted pages. req is what it is shown for, if that is an app's request: forms may lead to the app,
// and it may have asked for a language. frames are the URIs that the page may load in frames.
type page struct {
	status int
	name   string
	data   any
	req    *authRequest
	frames []string
}

func (o *Pages) writePage(w http.ResponseWriter, r *http.Request, p page) {
	var body bytes.Buffer
	if err := fill(&body, r, p); err != nil {
		o.Log().Error("mockokta page", "name", p.name, "error", err)
		http.Error(w, "the stand-in could not make its page", http.StatusInternalServerError)
		return
	}
	h := w.Header()
	wire.NoStore(w)
	h.Set("Content-Type", "text/html; charset=utf-8")
	policy := "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; base-uri 'none'; frame-ancestors 'none'; form-action 'self'" + p.req.target()
	if len(p.frames) > 0 {
		policy += "; frame-src" + sources(p.frames)
	}
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Vary", "Accept-Language")
	w.WriteHeader(p.status)
	w.Write(body.Bytes())
}

// fill writes the page in the language of whoever asks.
func fill(to *bytes.Buffer, r *http.Request, p page) error {
	all, err := spoken()
	if err != nil {
		return err
	}
	uiLocales := ""
	if p.req != nil {
		uiLocales = p.req.uiLocales
	}
	return all.choose(uiLocales, r.Header.Get("Accept-Language")).pages.ExecuteTemplate(to, p.name, p.data)
}

// target is where forms of the page may lead besides the org, for a content security policy.
func (q *authRequest) target() string {
	if q == nil {
		return ""
	}
	return sources([]string{q.redirectURI})
}

// shape names the page of this kind, such as "signin", as the knobs want it: the stand-in's own, or with the
// markup of the Sign-In Widget of the org's engine.
func (o *Pages) shape(kind string) string {
	switch knobs := o.Knobs(); {
	case !knobs.WidgetPages:
		return kind + ".html"
	case knobs.Classic:
		return "classic_" + kind + ".html"
	}
	return "identity_" + kind + ".html"
}

// sources lists the origins of URIs for a content security policy.
func sources(uris []string) string {
	var b strings.Builder
	for _, uri := range uris {
		b.WriteString(" " + wire.OriginOf(uri))
	}
	return b.String()
}

// errorPage is Okta's page for requests it cannot send back to the app.
func (o *Pages) errorPage(w http.ResponseWriter, r *http.Request, code, description string) {
	o.writePage(w, r, page{status: http.StatusBadRequest, name: "error.html", data: map[string]string{"Code": code, "Description": description}})
}

// expiredPage is for forms that come too late or a second time.
func (o *Pages) expiredPage(w http.ResponseWriter, r *http.Request) {
	o.errorPage(w, r, "login_required", "Request expired, please start over and try again.")
}

// Asset answers GET /pages/{file} with a style sheet, a script or the icon of the pages.
func Asset(w http.ResponseWriter, r *http.Request) {
	file := r.PathValue("file")
	if !slices.Contains([]string{".css", ".js", ".svg"}, path.Ext(file)) {
		wire.WriteAPIError(w, wire.NotFound(r.URL.Path))
		return
	}
	http.ServeFileFS(w, r, pageFiles, "pages/"+file)
}
