package web

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"log/slog"
	"regexp"

	"github.com/gin-gonic/gin"

	"example.com/okta-gin/notes"
)

// exchange is what one request and its answer are known by. It is among the request's
// notes, so that it outlives one engine's hands.
type exchange struct {
	id      string
	problem *Problem
	logged  bool // LogRequests will write a line
	attrs   []slog.Attr
}

type exchangeKey struct{}

// exchangeOf returns the request's exchange, begun where there is none yet.
func exchangeOf(c *gin.Context) *exchange {
	if x := exchangeIn(c.Request.Context()); x != nil {
		return x
	}
	var id [8]byte
	rand.Read(id[:]) // never fails, see crypto/rand
	return begin(c, hex.EncodeToString(id[:]))
}

// exchangeIn is nil where nothing has begun one.
func exchangeIn(ctx context.Context) *exchange {
	x, _ := notes.In(ctx).Get(exchangeKey{}).(*exchange)
	return x
}

func begin(c *gin.Context, id string) *exchange {
	x := &exchange{id: id}
	var known *notes.Notes
	c.Request, known = notes.Begin(c.Request)
	known.Put(exchangeKey{}, x)
	return x
}

// Begin makes sure that c's request has an id, for what sees its context alone.
func Begin(c *gin.Context) { exchangeOf(c) }

// requestID is what a proxy may have as one: nothing that means something in a log, a
// header or a page.
var requestID = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$`)

// Begin is the package's Begin, but keeps the X-Request-Id of a request that a trusted
// proxy sent, up to 128 letters, digits and . _ : - of it.
func (s Site) Begin(c *gin.Context) {
	sent := c.Request.Header.Values("X-Request-Id")
	if len(sent) == 1 && requestID.MatchString(sent[0]) && RequestIDIn(c.Request.Context()) == "" && s.FromProxy(c.Request) {
		begin(c, sent[0])
		return
	}
	exchangeOf(c)
}

// RequestIDIn is RequestID for a request of which only the context is at hand. It
// is empty where nothing has called Begin or RequestID.
func RequestIDIn(ctx context.Context) string {
	if x := exchangeIn(ctx); x != nil {
		return x.id
	}
	return ""
}

// RequestID is what joins an answer, which carries it as X-Request-Id where it says
// that something went wrong, to its log lines. It is made when first asked for, or a trusted proxy's.
func RequestID(c *gin.Context) string { return exchangeOf(c).id }

// Reason is why c's request was refused, one word; empty where it was not.
func Reason(c *gin.Context) string {
	if p := exchangeOf(c).problem; p != nil {
		return p.Reason
	}
	return ""
}

// NoteProblem keeps p for the request's log line.
func NoteProblem(c *gin.Context, p *Problem) { exchangeOf(c).problem = p }

// AddToLog adds attrs to the request's log line, if LogRequests writes one.
func AddToLog(c *gin.Context, attrs ...slog.Attr) {
	x := exchangeOf(c)
	x.attrs = append(x.attrs, attrs...)
}
