package handlers_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"

	"example.com/okta-gin/handlers/apptest"
)

// TestPanicIsAnErrorPage: a handler that panics costs its own request and no more,
// and tells people nothing of the cause.
func TestPanicIsAnErrorPage(t *testing.T) {
	t.Parallel()
	const cause = "the cause of it all"
	app := apptest.Start(t, apptest.Setup{Front: beside(func(auth further) {
		auth.Handle(http.MethodGet, "/panics", everybody, func(*gin.Context) { panic(cause) })
	})})
	b := app.Browser()
	r := b.Get("/panics")
	if r.StatusCode != http.StatusInternalServerError || r.Page(t).Find("h1").Length() != 1 || strings.Contains(r.Body, cause) {
		t.Errorf("status %d\n%s", r.StatusCode, r.Body)
	}
	if line := app.Line(r); line["level"] != "ERROR" || line["status"] != float64(http.StatusInternalServerError) {
		t.Errorf("logged %v", line)
	}
	if !strings.Contains(app.Logs.String(), cause) {
		t.Error("the log does not say why")
	}
	if next := b.Get("/"); next.StatusCode != http.StatusOK {
		t.Errorf("afterwards: status %d", next.StatusCode)
	}
}
