package web

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"math"
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"

	"example.com/okta-gin/language"
)

// Answers is the one way from an error to a response.
type Answers struct {
	site    Site
	log     *slog.Logger
	explain func(error) *Problem
	page    func(*gin.Context, *Problem) error
	wordy   string // the path that takes long queries
}

// AllowLongQuery has Limit let queries of up to 24 KB pass at path, whatever is in
// them.
func (a *Answers) AllowLongQuery(path string) { a.wordy = path }

// NewAnswers returns the answers of site. page shows a problem to a person, whole
// or not at all; explain finds the problem for errors that aren't one, and may
// return nil for an unexpected one.
func NewAnswers(site Site, log *slog.Logger, explain func(error) *Problem, page func(*gin.Context, *Problem) error) *Answers {
	return &Answers{site: site, log: log, explain: explain, page: page}
}

// Problem finds the answer to err. One whose status says that all is well, or
// nothing, is a 500.
func (a *Answers) Problem(err error) *Problem {
	var own *Problem
	if errors.As(err, &own) {
		if own.Status < http.StatusBadRequest || own.Status > 599 {
			mended := *own
			mended.Status = http.StatusInternalServerError
			return &mended
		}
		return own
	}
	if p := a.explain(err); p != nil {
		return p
	}
	return Unexpected(err)
}

// Handle adapts a handler that returns its error. The error has been answered
// when the adapter returns, and the chain is aborted.
func (a *Answers) Handle(h func(*gin.Context) error) gin.HandlerFunc {
	return func(c *gin.Context) {
		if err := h(c); err != nil {
			a.Fail(c, err)
		}
	}
}

// HandleProgram is Handle for what only programs ask for: they get JSON, whatever their
// headers say.
func (a *Answers) HandleProgram(h func(*gin.Context) error) gin.HandlerFunc {
	return func(c *gin.Context) {
		if err := h(c); err != nil {
			a.fail(c, err, true)
		}
	}
}

// Fail turns err into the response, for people or for programs, and ends the
// chain of handlers. The cause goes to the request's log line, or to one of its
// own where no other is written.
func (a *Answers) Fail(c *gin.Context, err error) { a.fail(c, err, a.site.IsProgram(c.Request)) }

func (a *Answers) fail(c *gin.Context, err error, program bool) {
	c.Abort()
	p := a.Problem(err)
	if errors.Is(c.Request.Context().Err(), context.Canceled) {
		p = clientGone(err)
	}
	a.Note(c, p)
	if c.Writer.Written() {
		return // too late for an answer
	}
	header := c.Writer.Header()
	for _, name := range []string{"Content-Type", "Content-Length", "Content-Disposition", "ETag", "Last-Modified"} { // of the answer that failed
		header.Del(name)
	}
	header.Set("X-Request-Id", RequestID(c))
	header.Set("Cache-Control", "no-store")
	if p.RetryAfter > 0 {
		header.Set("Retry-After", strconv.Itoa(int(math.Ceil(p.RetryAfter.Seconds()))))
	}
	if p.Challenge != "" {
		header.Add("WWW-Authenticate", p.Challenge)
	}
	if program {
		a.json(c, p)
		return
	}
	if err := a.page(c, p); err != nil {
		a.Note(c, Unexpected(err))
		if !c.Writer.Written() {
			c.Data(http.StatusInternalServerError, "text/plain; charset=utf-8", []byte("Something went wrong here.\n"))
		}
	}
}

// json shows a problem to a program (RFC 9457).
func (a *Answers) json(c *gin.Context, p *Problem) {
	body, err := json.Marshal(struct {
		Type      string   `json:"type"`
		Title     string   `json:"title"`
		Status    int      `json:"status"`
		Detail    string   `json:"detail"`
		Reason    string   `json:"reason"`
		Groups    []string `json:"groups,omitempty"`
		RequestID string   `json:"request_id"`
	}{"about:blank", language.Fill(p.Heading, p.Args), p.Status, language.Fill(p.Detail, p.Args), p.Reason, p.Needs, RequestID(c)})
	if err != nil {
		a.Note(c, Unexpected(err))
	}
	c.Data(p.Status, "application/problem+json", body)
}

// Note has p logged, once, where it was not answered by Fail.
func (a *Answers) Note(c *gin.Context, p *Problem) {
	NoteProblem(c, p)
	if exchangeOf(c).logged {
		return
	}
	a.log.LogAttrs(c.Request.Context(), levelOf(p), "request refused",
		slog.String("request_id", RequestID(c)), slog.String("method", c.Request.Method), slog.String("route", c.FullPath()),
		slog.Int("status", p.Status), slog.String("reason", p.Reason), slog.String("error", p.Error()))
}

// levelOf is how bad p is for the operator.
func levelOf(p *Problem) slog.Level {
	switch {
	case p == nil || p.Status == statusClientGone:
		return slog.LevelInfo
	case p.Status >= http.StatusInternalServerError:
		return slog.LevelError
	default:
		return slog.LevelWarn
	}
}
