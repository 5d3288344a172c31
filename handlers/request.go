package handlers

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"log/slog"
	"net/http"
	"runtime/debug"
	"time"

	"github.com/gin-gonic/gin"
)

type (
	requestIDKey struct{}
	problemKey   struct{}
	callerKey    struct{}
)

// requestID is what joins a response, which carries it as X-Request-Id, to its
// log lines.
func requestID(c *gin.Context) string { return c.GetString(requestIDKey{}) }

// noteProblem keeps p for the request's log line.
func noteProblem(c *gin.Context, p *problem) { c.Set(problemKey{}, p) }

// logRequests gives each request an id and writes one line when it is done: the
// route's pattern, never the query, which carries authorization codes. A panic
// becomes a 500.
func (a *Auth) logRequests(c *gin.Context) {
	began := time.Now()
	id := make([]byte, 8)
	rand.Read(id)
	c.Set(requestIDKey{}, hex.EncodeToString(id))
	c.Header("X-Request-Id", requestID(c))
	defer func() {
		if r := recover(); r != nil {
			if r == http.ErrAbortHandler {
				panic(r) // net/http's own way to drop a connection
			}
			a.log.ErrorContext(c.Request.Context(), "panic", "request_id", requestID(c), "panic", r, "stack", string(debug.Stack()))
			if !c.Writer.Written() {
				a.fail(c, errors.New("panic"))
			}
		}
		a.logLine(c, time.Since(began))
	}()
	c.Next()
}

func (a *Auth) logLine(c *gin.Context, took time.Duration) {
	level, attrs := slog.LevelInfo, []slog.Attr{
		slog.String("request_id", requestID(c)),
		slog.String("method", c.Request.Method),
		slog.String("route", c.FullPath()),
		slog.Int("status", c.Writer.Status()),
		slog.Float64("took_ms", float64(took.Microseconds())/1000),
		slog.String("client", c.ClientIP()),
	}
	if value, ok := c.Get(problemKey{}); ok {
		p := value.(*problem)
		level = slog.LevelWarn
		if p.status >= http.StatusInternalServerError {
			level = slog.LevelError
		}
		attrs = append(attrs, slog.String("reason", p.reason), slog.String("error", p.Error()))
	}
	a.log.LogAttrs(c.Request.Context(), level, "request", attrs...)
}
