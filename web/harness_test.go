package web_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/gin-gonic/gin"

	"example.com/okta-gin/web"
)

func TestMain(m *testing.M) {
	gin.SetMode(gin.TestMode)
	os.Exit(m.Run())
}

// logs is what was logged, as JSON lines.
type logs struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *logs) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(p)
}

// lines are the lines that were logged, each as its attributes.
func (l *logs) lines(t testing.TB) []map[string]any {
	t.Helper()
	l.mu.Lock()
	defer l.mu.Unlock()
	var lines []map[string]any
	for line := range bytes.Lines(l.buf.Bytes()) {
		var attrs map[string]any
		if err := json.Unmarshal(line, &attrs); err != nil {
			t.Fatal(err)
		}
		lines = append(lines, attrs)
	}
	return lines
}

// errKnown is an error for which explain has a problem.
var errKnown = errors.New("known cause")

// app is an engine with answers of its own.
type app struct {
	*gin.Engine
	site    web.Site
	answers *web.Answers
	logs    *logs
	log     *slog.Logger
}

// newApp returns an app whose pages for problems are "PAGE heading"; page replaces that.
func newApp(t testing.TB, page func(*gin.Context, *web.Problem) error) *app {
	t.Helper()
	a := &app{Engine: gin.New(), site: site(t, "https://app.example", "10.0.0.0/8"), logs: &logs{}}
	a.log = slog.New(slog.NewJSONHandler(a.logs, nil))
	if page == nil {
		page = func(c *gin.Context, p *web.Problem) error {
			c.Data(p.Status, "text/html; charset=utf-8", []byte("PAGE "+p.Heading))
			return nil
		}
	}
	explain := func(err error) *web.Problem {
		if errors.Is(err, errKnown) {
			return &web.Problem{Status: http.StatusServiceUnavailable, Heading: "Known", Reason: "known", Cause: err}
		}
		return nil
	}
	a.answers = web.NewAnswers(a.site, a.log, explain, page)
	return a
}

func (a *app) ask(method, target string, headers ...string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	a.ServeHTTP(w, asked(method, target, headers...))
	return w
}

// form is a POST of body.
func form(contentType, body string) *http.Request {
	r := httptest.NewRequest(http.MethodPost, "/", io.Reader(strings.NewReader(body)))
	if contentType != "" {
		r.Header.Set("Content-Type", contentType)
	}
	return r
}

// problem returns the problem that err brings.
func problem(t testing.TB, err error) *web.Problem {
	t.Helper()
	var p *web.Problem
	if !errors.As(err, &p) {
		t.Fatalf("no problem: %v", err)
	}
	return p
}
