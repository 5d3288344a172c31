package proxy

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"example.com/okta-gin/session"
	"example.com/okta-gin/web"
)

// call is one request on its way to the service and back.
type call struct {
	service  *service
	prefix   string // of the route, in front of what the service is asked for
	url      *url.URL
	person   *person
	upload   *upload // nil for a request without a body
	upgrade  bool    // to a WebSocket
	control  *http.ResponseController
	ctx      context.Context // of the request to the service
	end      context.CancelCauseFunc
	began    time.Time
	took     time.Duration // until the service began to answer
	status   int           // the service's, 0 while there is none
	download *download
	cause    error // why the call was broken off, nil if it was not
	err      error
}

func (x *call) serve(c *gin.Context) error {
	r := c.Request
	if err := x.service.scripts.check(r); err != nil {
		return err
	}
	var err error
	if x.person, err = x.service.people.find(c); err != nil {
		return err
	}
	var ok bool
	if x.url, ok = x.service.target.below(x.prefix, r.URL); !ok {
		return web.BadRequest("Its address may mean several places.")
	}
	if r.URL.RawQuery != "" && r.URL.Query().Has("access_token") {
		return web.BadRequest("It holds an access token. This app adds the person's own.")
	}
	if r.ContentLength > x.service.upstream.MaxBody {
		return tooLarge()
	}
	x.upgrade = isUpgrade(r)
	x.ask(c)
	return x.err
}

// ask has the service answer c. What goes wrong before it does is in x.err.
func (x *call) ask(c *gin.Context) {
	x.ctx, x.end = context.WithCancelCause(c.Request.Context())
	defer x.end(nil)
	defer func() { x.cause = context.Cause(x.ctx) }()
	defer x.breakOff()

	r := c.Request.WithContext(x.ctx)
	if r.Body != nil && r.ContentLength != 0 {
		x.upload = &upload{
			body: r.Body, control: x.control, length: r.ContentLength, most: x.service.upstream.MaxBody, patience: x.service.patience, began: x.began,
		}
		r.Body = x.upload
		defer x.upload.Close()
	}
	defer guard(x.ctx, x.service.sessions, x.person.began, x.service.look, x.cut)()
	var w http.ResponseWriter = c.Writer
	if x.upgrade {
		w = hijackable{w, x.service.patience}
	}
	setHeaders(w.Header())
	allow(x.control, x.service.upstream.Wait+x.service.patience)
	proxy := httputil.ReverseProxy{
		Rewrite:   func(pr *httputil.ProxyRequest) { x.service.requests.rewrite(pr, x.url, x.upgrade) },
		Transport: x, BufferPool: &x.service.buffers, // download flushes
		ErrorHandler: func(_ http.ResponseWriter, _ *http.Request, err error) {
			x.err = x.problem(err)
			x.answerEarly()
		},
		ErrorLog: x.service.errors, // see note
	}
	proxy.ServeHTTP(w, r)
}

// cut breaks the call off, both ways.
func (x *call) cut(why error) {
	x.end(why)
	x.upload.stop()
}

// breakOff lets nobody end an answer as though it were whole that was cut off: not the
// server, nor a handler that recovers from the panic by which that is told.
func (x *call) breakOff() {
	if r := recover(); r != nil {
		_ = x.control.SetWriteDeadline(longAgo) // else the connection is closed by who recovers
		panic(r)
	}
}

// RoundTrip implements http.RoundTripper for the reverse proxy: it asks as the person,
// and once more with a new token where the service does not take theirs.
//
// Interim answers (1xx) are kept from the reverse proxy, which asks for them by its
// context: with them it would send what the app has put into the headers, once and too
// early.
func (x *call) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.WithContext(x.ctx)
	if x.upload != nil {
		r.GetBody = x.upload.replay
	}
	answer, err := x.send(r)
	if err != nil {
		return nil, err
	}
	if answer.StatusCode != http.StatusUnauthorized {
		return x.take(answer)
	}
	body, err := x.upload.replay()
	if err != nil { // it was too long, or is still on its way
		return x.take(answer)
	}
	again, err := x.person.refused()
	if err == nil && !again {
		return x.take(answer)
	}
	answer.Body.Close()
	if err != nil {
		return nil, err
	}
	r = r.Clone(r.Context())
	r.Body = body
	if answer, err = x.send(r); err != nil {
		return nil, err
	}
	return x.take(answer)
}

func (x *call) send(r *http.Request) (*http.Response, error) {
	as, err := x.service.as(x.service.transport, x.person.session)
	if err != nil {
		return nil, fmt.Errorf("ask as the person: %w", err)
	}
	return as.RoundTrip(r)
}

// take makes the service's answer the browser's.
func (x *call) take(answer *http.Response) (*http.Response, error) {
	x.status, x.took = answer.StatusCode, time.Since(x.began)
	if err := x.service.answers.clean(answer, x.url, x.prefix); err != nil {
		answer.Body.Close()
		return nil, err
	}
	taken := *answer // without what would be put into its trailers later
	taken.Trailer = nil
	watch := newWatch(x.service.upstream.Idle, x.end)
	if both, ok := answer.Body.(io.ReadWriteCloser); ok && answer.StatusCode == http.StatusSwitchingProtocols {
		taken.Body = tunnel{both, watch}
		return &taken, nil
	}
	x.answerEarly()
	if answer.ContentLength < 0 || answer.ContentLength > bufferSize { // what is short waits for nobody
		allow(x.control, x.service.patience)
	}
	x.download = &download{ReadCloser: answer.Body, watch: watch, control: x.control, patience: x.service.patience, left: answer.ContentLength}
	taken.Body = x.download
	return &taken, nil
}

// answerEarly has the client hear the answer although it has not sent all of its request.
// By HTTP/1 the server waits for the rest, unless it closes the connection afterwards.
func (x *call) answerEarly() {
	if x.person.r.ProtoMajor == 1 && x.upload.unfinished() {
		x.person.w.Header().Set("Connection", "close")
	}
}

// problem is the answer where there is none of the service's.
func (x *call) problem(err error) error {
	if p := (*web.Problem)(nil); errors.As(err, &p) {
		return p
	}
	switch cause := context.Cause(x.ctx); {
	case errors.Is(cause, errOver):
		return sessionEnded(cause)
	case errors.Is(cause, session.ErrUnavailable):
		return cause
	case errors.Is(err, session.ErrUnavailable):
		return err
	}
	if p := x.upload.problem(); p != nil {
		return p
	}
	if timeout := net.Error(nil); errors.As(err, &timeout) && timeout.Timeout() || errors.Is(err, context.DeadlineExceeded) {
		return &web.Problem{
			Status: http.StatusGatewayTimeout, Heading: "The service does not answer", Detail: "Please try again in a minute.",
			Reason: "service_timeout", Cause: err, RetryAfter: retryAfter,
		}
	}
	return &web.Problem{
		Status: http.StatusBadGateway, Heading: "The service can't be reached", Detail: "Please try again in a minute.",
		Reason: "service_unreachable", Cause: err, RetryAfter: retryAfter,
	}
}

// note counts the call and adds to the request's log line how the service answered,
// never what it was asked for.
func (x *call) note(c *gin.Context) {
	outcome := "refused"
	switch p := (*web.Problem)(nil); {
	case x.status != 0:
		outcome = strconv.Itoa(x.status)
		web.AddToLog(c, slog.Int("service_status", x.status), slog.Float64("service_ms", float64(x.took.Microseconds())/1000))
	case errors.As(x.err, &p):
		outcome = p.Reason
	}
	x.service.journal.Proxied(x.prefix, outcome, x.took)
	if x.download == nil || c.Request.Context().Err() != nil { // the client has gone
		return
	}
	switch cut := x.download.cut.Load(); {
	case errors.Is(x.cause, errOver):
		web.NoteProblem(c, sessionEnded(x.cause))
	case cut != nil:
		web.NoteProblem(c, &web.Problem{
			Status: http.StatusBadGateway, Heading: "The service's answer was cut off", Reason: "service_cut_off", Cause: cmp.Or(x.cause, *cut),
		})
	}
}
