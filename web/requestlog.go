package web

import (
	"errors"
	"log/slog"
	"net/http"
	"runtime/debug"
	"time"

	"github.com/gin-gonic/gin"
	"go.opentelemetry.io/otel/trace"
)

// LogRequests writes one line to log for each request that is done: the route's
// pattern, never the query, which carries authorization codes. The answer carries
// the line's request id as X-Request-Id.
func (s Site) LogRequests(log *slog.Logger) gin.HandlerFunc {
	return func(c *gin.Context) {
		began := time.Now()
		x := exchangeOf(c)
		x.logged = true
		c.Header("X-Request-Id", x.id)
		defer func() { s.logLine(c, log, x, time.Since(began)) }()
		c.Next()
	}
}

func (s Site) logLine(c *gin.Context, log *slog.Logger, x *exchange, took time.Duration) {
	attrs := []slog.Attr{
		slog.String("request_id", x.id),
		slog.String("method", c.Request.Method),
		slog.String("route", c.FullPath()),
		slog.Int("status", c.Writer.Status()),
		slog.Float64("took_ms", float64(took.Microseconds())/1000),
		slog.String("client", s.Client(c.Request)),
	}
	if span := trace.SpanContextFromContext(c.Request.Context()); span.HasTraceID() {
		attrs = append(attrs, slog.String("trace_id", span.TraceID().String()))
	}
	attrs = append(attrs, x.attrs...)
	if x.problem != nil {
		attrs = append(attrs, slog.String("reason", x.problem.Reason), slog.String("error", x.problem.Error()))
	}
	log.LogAttrs(c.Request.Context(), levelOf(x.problem), "request", attrs...)
}

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
