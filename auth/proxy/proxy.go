package proxy

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"example.com/okta-gin/auth/internal/journal"
	"example.com/okta-gin/auth/internal/links"
	"example.com/okta-gin/auth/renewal"
	"example.com/okta-gin/config/proxyroute"
	"example.com/okta-gin/session"
)

// DefaultPatience is how long a client may take with the beginning of its request's
// body, and with each piece of the answer.
const DefaultPatience = 15 * time.Second

// Options say what a Proxy works with. All are needed, but for those that say otherwise.
type Options struct {
	Links links.Links
	// Origins are those of the front ends elsewhere that may use what is below /api/. It
	// may be empty.
	Origins []string
	// Ours reports whether a cookie of that name is one of sign-in's own.
	Ours func(cookie string) bool
	// Who returns the session of the person who sent c's request, renewed where that is
	// due, or a problem. It takes nothing else for a person.
	Who func(c *gin.Context) (*session.Session, error)
	// As returns what sends requests by next as the person of s.
	As      func(next http.RoundTripper, s *session.Session) (http.RoundTripper, error)
	Renewer *renewal.Renewer
	Journal journal.Journal
	// Patience is DefaultPatience, and Look DefaultLook, where it is 0.
	Patience, Look time.Duration
}

// Proxy leads from paths of the app to one service. It is safe for concurrent use.
type Proxy struct{ service *service }

// New returns a Proxy to upstream. It connects to nothing: the service may be away.
func New(upstream proxyroute.Upstream, o Options) (*Proxy, error) {
	if err := upstream.Check(); err != nil {
		return nil, err
	}
	if upstream.MaxBody < 0 {
		return nil, errors.New("has a negative size of bodies")
	}
	for _, name := range upstream.Cookies {
		if o.Ours(name) {
			return nil, errors.New("names a cookie of sign-in's own, which no other service may see or set")
		}
	}
	upstream = upstream.Settled()
	where, err := newTarget(upstream.URL)
	if err != nil {
		return nil, fmt.Errorf("read the service's URL: %w", err)
	}
	return &Proxy{&service{
		upstream: upstream, target: where,
		scripts:  scripts{o.Links.Site, o.Origins},
		people:   people{o.Who, o.Renewer, upstream.Scopes},
		requests: newRequests(o.Links.Site, upstream.Cookies),
		answers:  newAnswers(o.Links.Site, where, upstream.Cookies),
		as:       o.As, sessions: o.Renewer.Sessions, journal: o.Journal,
		patience: cmp.Or(o.Patience, DefaultPatience), look: cmp.Or(o.Look, DefaultLook),
		transport: newTransport(upstream), errors: log.New(io.Discard, "", 0),
	}}, nil
}

// Serve answers c with what the service answers to the same, below the path of the
// route that c came by. That ends with the parameter *rest, or leads to the service's own
// path. It returns a problem where the service is not asked, or does not answer.
func (p *Proxy) Serve(c *gin.Context) error {
	x := &call{service: p.service, prefix: strings.TrimSuffix(c.FullPath(), Rest), control: http.NewResponseController(c.Writer), began: time.Now()}
	defer x.note(c)
	if x.err = x.serve(c); x.upload.late() { // net/http has cancelled the request of a client that still waits
		c.Request = c.Request.WithContext(context.WithoutCancel(c.Request.Context()))
	}
	return x.err
}

// Rest ends the pattern of a route to all that is below its path.
const Rest = "/*rest"

// Methods are the methods that are passed on.
func Methods() []string {
	return []string{
		http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions,
	}
}
