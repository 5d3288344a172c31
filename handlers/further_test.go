package handlers_test

import (
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"

	"example.com/okta-gin/auth"
	"example.com/okta-gin/handlers"
	"example.com/okta-gin/testkit"
)

func TestMain(m *testing.M) { os.Exit(testkit.Run(m)) }

// further takes routes that the app itself has not, with its rules.
type further struct {
	*auth.Auth
	engine *gin.Engine // for routes that no rule is given for
	open   auth.Open
}

// Handle registers a route with its rule.
func (f further) Handle(method, path string, access gin.HandlerFunc, handlers ...gin.HandlerFunc) {
	f.open[path] = access
	f.engine.Handle(method, path, handlers...)
}

// beside serves further routes beside those of the app.
func beside(routes func(further)) func(*handlers.App) http.Handler {
	return func(app *handlers.App) http.Handler {
		okta := app.Okta()
		more := further{okta, gin.New(), auth.Open{auth.NoRoute: auth.Public}}
		more.engine.Use(okta.LogRequests(), okta.Recover(), auth.SecurityHeaders(okta.StrictHeaders()), okta.AllowFrontEnds(), okta.Limit())
		routes(more)
		closed, err := okta.CloseAll(more.engine, more.open)
		if err != nil {
			panic(err)
		}
		var paths []string
		for _, route := range more.engine.Routes() {
			fixed, _, _ := strings.Cut(route.Path, ":")
			fixed, _, _ = strings.Cut(fixed, "*")
			paths = append(paths, fixed)
		}
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if slices.ContainsFunc(paths, func(p string) bool { return r.URL.Path == p || p[len(p)-1] == '/' && strings.HasPrefix(r.URL.Path, p) }) {
				closed.ServeHTTP(w, r)
			} else {
				app.ServeHTTP(w, r)
			}
		})
	}
}

// everybody may use a route.
func everybody(*gin.Context) {}
