package hosted

import (
	"bytes"
	"embed"
	"html/template"
	"net/http"
	"path"
	"slices"
	"strings"

	"example.com/okta-gin/mockokta/wire"
)

//go:embed pages/*.html pages/*.css pages/*.js pages/*.svg
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

func (o *Pages) writePage(w http.ResponseWriter, p page) {
	var body bytes.Buffer
	if err := pages.ExecuteTemplate(&body, p.name, p.data); err != nil {
		o.Log().Error("mockokta page", "name", p.name, "error", err)
		http.Error(w, "the stand-in could not make its page", http.StatusInternalServerError)
		return
	}
	h := w.Header()
	wire.NoStore(w)
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
func (o *Pages) errorPage(w http.ResponseWriter, code, description string) {
	o.writePage(w, page{status: http.StatusBadRequest, name: "error.html", data: map[string]string{"Code": code, "Description": description}})
}

// expiredPage is for forms that come too late or a second time.
func (o *Pages) expiredPage(w http.ResponseWriter) {
	o.errorPage(w, "login_required", "Request expired, please start over and try again.")
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
