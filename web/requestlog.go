package web

import (
	"errors"
	"log/slog"
	"net/http"
	"runtime/debug"
	"slices"
	"time"

	"github.com/gin-gonic/gin"
	"go.opentelemetry.io/otel/trace"
)

// LogRequests writes one line to log for each request that is done: the route's
// pattern, never the query, which carries authorization codes. The answer carries
// the line's request id as X-Request-Id. Of the routes that are quiet the line is one
// of level debug while all is well.
func (s Site) LogRequests(log *slog.Logger, quiet ...string) gin.HandlerFunc {
	return func(c *gin.Context) {
		began := time.Now()
		s.Begin(c)
		x := exchangeOf(c)
		x.logged = true
		c.Header("X-Request-Id", x.id)
		defer func() { s.logLine(c, log, x, began, quiet) }()
		c.Next()
	}
}

// requestMessage is the message of requests' lines.
const requestMessage = "request"

// maxNoted bounds what a line quotes of what somebody sent, in bytes.
const maxNoted = 256

// mostAttrs is how many attributes a line has, but for those of the app's own.
const mostAttrs = 12

func (s Site) logLine(c *gin.Context, log *slog.Logger, x *exchange, began time.Time, quiet []string) {
	took := time.Since(began)
	ctx, status, route := c.Request.Context(), c.Writer.Status(), c.FullPath()
	level := levelOf(x.problem)
	if level == slog.LevelInfo && status < http.StatusBadRequest && slices.Contains(quiet, route) {
		level = slog.LevelDebug
	}
	if !log.Enabled(ctx, level) {
		return
	}
	attrs := append(make([]slog.Attr, 0, mostAttrs),
		slog.String("request_id", x.id),
		slog.String("method", c.Request.Method),
		slog.String("route", route),
		slog.Int("status", status),
		slog.Int("bytes", max(0, c.Writer.Size())),
		slog.Int64("took_us", took.Microseconds()),
		slog.String("client", s.Client(c.Request)),
	)
	if status == http.StatusNotFound {
		attrs = append(attrs, slog.String("path", noted(c.Request.URL.EscapedPath())))
	}
	if log.Enabled(ctx, slog.LevelDebug) {
		attrs = append(attrs, slog.String("user_agent", noted(c.Request.UserAgent())))
	}
	if span := trace.SpanContextFromContext(ctx); span.HasTraceID() {
		attrs = append(attrs, slog.String("trace_id", span.TraceID().String()))
	}
	attrs = append(attrs, x.attrs...)
	if x.problem != nil {
		attrs = append(attrs, slog.String("reason", x.problem.Reason), slog.String("error", x.problem.Error()))
	}
	record := slog.NewRecord(began.Add(took), level, requestMessage, 0)
	record.AddAttrs(attrs...)
	_ = log.Handler().Handle(ctx, record) // there is nobody to tell
}

func noted(text string) string { return text[:min(len(text), maxNoted)] }

// Recover makes a panic a 500. It stands inside LogRequests.
func (a *Answers) Recover(c *gin.Context) {
	defer func() {
		r := recover()
		if r == nil {
			return
		}
		if r == http.ErrAbortHandler {
			panic(r) // net/http's own way to drop a connection
		}
		a.log.ErrorContext(c.Request.Context(), "panic", "request_id", RequestID(c), "panic", r, "stack", string(debug.Stack()))
		a.Fail(c, errors.New("panic"))
	}()
	c.Next()
}
