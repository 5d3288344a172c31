package handlers_test

import (
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	v1 "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"

	"example.com/okta-gin/handlers/apptest"
	"example.com/okta-gin/mockokta"
	"example.com/okta-gin/session/redistest"
	"example.com/okta-gin/testkit"
)

// spans is a collector of OpenTelemetry, and all that was sent to it.
type spans struct {
	t   *testing.T
	URL string

	mu  sync.Mutex
	raw []byte
	all []*v1.Span
}

func startCollector(t *testing.T) *spans {
	s := &spans{t: t}
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	s.URL = server.URL
	return s
}

func (s *spans) ServeHTTP(_ http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	var sent collector.ExportTraceServiceRequest
	if err == nil {
		err = proto.Unmarshal(body, &sent)
	}
	if err != nil || r.URL.Path != "/v1/traces" || r.Method != http.MethodPost {
		s.t.Errorf("%s %s: %v", r.Method, r.URL, err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.raw = append(s.raw, body...)
	for _, resource := range sent.GetResourceSpans() {
		for _, scope := range resource.GetScopeSpans() {
			s.all = append(s.all, scope.GetSpans()...)
		}
	}
}

// describe is a span as "SERVER GET /profile status=200".
func describe(span *v1.Span) string {
	text := strings.TrimPrefix(span.GetKind().String(), "SPAN_KIND_") + " " + span.GetName()
	for _, attribute := range span.GetAttributes() {
		text += fmt.Sprintf(" %s=%s%d", attribute.GetKey(), attribute.GetValue().GetStringValue(), attribute.GetValue().GetIntValue())
	}
	return text
}

const (
	parentTrace = "4bf92f3577b34da6a3ce929d0e0e4736"
	parentSpan  = "00f067aa0ba902b7"
	traceparent = "00-" + parentTrace + "-" + parentSpan + "-01"
)

// traced runs an app until visit is done with it, and returns what it sent.
func traced(t *testing.T, visit func(*apptest.App, *apptest.Browser)) *spans {
	t.Helper()
	s := startCollector(t)
	app := apptest.Start(t, apptest.Setup{Client: apptest.Rotating, Env: apptest.Renewing("SESSION_STORE", redistest.Start(t).URL(),
		"OKTA_API_TOKEN", mockokta.DefaultAPIToken, "OTEL_EXPORTER_OTLP_ENDPOINT", s.URL)})
	visit(app, app.Browser())
	if err := app.Close(); err != nil {
		t.Fatal(err)
	}
	return s
}

func TestTraces(t *testing.T) {
	t.Parallel()
	var line map[string]any
	s := traced(t, func(app *apptest.App, b *apptest.Browser) {
		b.SignIn(apptest.ProfilePath, testkit.Ada)
		app.Clock.Add(time.Hour)
		line = app.Line(b.Get(apptest.ProfilePath, "Traceparent", traceparent))
		b.Get("/no/such/page", "Traceparent", traceparent)
	})
	if line["trace_id"] != parentTrace {
		t.Errorf("the log line has trace_id %v", line["trace_id"])
	}
	byID := make(map[string]*v1.Span)
	for _, span := range s.all {
		byID[string(span.GetSpanId())] = span
	}
	var found []string
	for _, span := range s.all {
		if hex.EncodeToString(span.GetTraceId()) != parentTrace {
			continue
		}
		parent := "caller"
		if p := byID[string(span.GetParentSpanId())]; p != nil {
			parent = p.GetName()
		} else if hex.EncodeToString(span.GetParentSpanId()) != parentSpan {
			t.Errorf("%s has the parent %x", span.GetName(), span.GetParentSpanId())
		}
		found = append(found, parent+" > "+describe(span))
	}
	all := strings.Join(found, "\n")
	for _, want := range []string{
		"caller > SERVER GET " + apptest.ProfilePath + " http.request.method=GET0 http.route=" + apptest.ProfilePath + "0 http.response.status_code=200",
		"GET " + apptest.ProfilePath + " > CLIENT okta token http.request.method=POST0 server.address=127.0.0.10 http.response.status_code=200",
		"GET " + apptest.ProfilePath + " > CLIENT redis pipeline db.system.name=redis0 db.operation.name=pipeline0",
		"caller > SERVER GET http.request.method=GET0 http.response.status_code=404 error.type=not_found0",
	} {
		if !strings.Contains(all, want) {
			t.Errorf("no span %q in\n%s", want, all)
		}
	}
}

// TestTracesHoldNobody: neither secrets, nor what browsers and Okta send, nor who it is.
func TestTracesHoldNobody(t *testing.T) {
	t.Parallel()
	var cookie string
	s := traced(t, func(app *apptest.App, b *apptest.Browser) {
		b.SignIn(apptest.ProfilePath+"?sent=by-somebody", testkit.Ada)
		cookie = b.Cookie("okta_session")
		app.Clock.Add(time.Hour)
		b.Get("/profile?sent=by-somebody", "X-Sent", "by-somebody", "User-Agent", "by-somebody", "Baggage", "sent=by-somebody", "Traceparent", traceparent, "Tracestate", "sent=by-somebody")
		b.Get("/by-somebody/by-somebody.php")
		app.Browser().Get(testkit.CallbackPath + "?error=by-somebody&state=x")
		app.Org.Stop()
		b.Get(apptest.ProfilePath)
		b.Post(testkit.LogoutPath, nil)
	})
	if len(s.all) < 10 {
		t.Fatalf("%d spans", len(s.all))
	}
	for _, secret := range []string{
		cookie[:20], "eyJ", "code=", "state=", "SSWS", testkit.Ada, "Ada", "00u9mock", "acme.test", mockokta.DefaultClientSecret, mockokta.DefaultAPIToken, mockokta.DefaultClientID, "okta:", "sess", "by-somebody",
	} {
		if strings.Contains(string(s.raw), secret) {
			t.Errorf("the spans hold %q", secret)
		}
	}
}

// TestNoTracesUnasked: without a collector nothing is traced, and without its answer
// nobody waits.
func TestNoTracesUnasked(t *testing.T) {
	t.Parallel()
	s := startCollector(t)
	app := apptest.Start(t, apptest.Setup{Env: map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": s.URL, "OTEL_TRACES_EXPORTER": "none"}})
	if line := app.Line(app.Browser().Get("/", "Traceparent", traceparent)); line["trace_id"] != nil {
		t.Errorf("trace_id %v", line["trace_id"])
	}
	if err := app.Close(); err != nil {
		t.Fatal(err)
	}
	if len(s.all) > 0 {
		t.Errorf("%d spans", len(s.all))
	}
}
