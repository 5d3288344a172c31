package handlers_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"
)

// TestPanicIsAnErrorPage: a handler that panics costs its own request and no more,
// and tells people nothing of the cause.
func TestPanicIsAnErrorPage(t *testing.T) {
	t.Parallel()
	const cause = "the cause of it all"
	app := start(t, setup{routes: func(auth further) {
		auth.Handle(http.MethodGet, "/panics", everybody, func(*gin.Context) { panic(cause) })
	}})
	b := app.browser()
	r := b.get("/panics")
	if r.StatusCode != http.StatusInternalServerError || r.page(t).Find("h1").Length() != 1 || strings.Contains(r.body, cause) {
		t.Errorf("status %d\n%s", r.StatusCode, r.body)
	}
	if line := app.line(r); line["level"] != "ERROR" || line["status"] != float64(http.StatusInternalServerError) {
		t.Errorf("logged %v", line)
	}
	if !strings.Contains(app.logs.String(), cause) {
		t.Error("the log does not say why")
	}
	if next := b.get("/"); next.StatusCode != http.StatusOK {
		t.Errorf("afterwards: status %d", next.StatusCode)
	}
}
