// Package resource is a sample API behind the org: it takes access tokens of the custom authorization server, as bearers
// or bound to keys, checks everything about them, and tells what it was sent.
package resource

import (
	"cmp"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"example.com/okta-gin/mockokta/state"
	"example.com/okta-gin/mockokta/wire"
)

// Rules are what a server asks of access tokens. Set changes them while it serves. The zero value takes every good token
// of the custom server.
type Rules struct {
	Audience    string        // aud; default "api://default"
	Scope       string        // one that tokens must have; empty means none
	BoundOnly   bool          // bearers are refused
	Nonces      bool          // proofs must carry a nonce
	FreshNonces bool          // and each works once
	ACR         string        // the acr that tokens must have (RFC 9470); empty means any
	MaxAge      time.Duration // how old a sign-in may be (RFC 9470); 0 means any age
	RefuseAll   bool          // every token is refused: invalid_token
}

// Server is the sample API. It is an http.Handler, and safe for concurrent use.
type Server struct {
	org    *state.Org
	url    string // scheme and host that proofs must name; empty means what the request says
	mux    *http.ServeMux
	nonces state.Nonces
	proofs *state.Expiring[string, struct{}]

	mu       sync.Mutex
	rules    Rules
	asked    atomic.Int64
	answered atomic.Int64
}

// New makes a server that believes to be at url, "scheme://host:port". Without a url it takes each request's own.
func New(org *state.Org, url string, rules Rules) *Server {
	s := &Server{org: org, url: url, rules: rules, mux: http.NewServeMux(), proofs: state.NewExpiring[string, struct{}](org.Now)}
	for path, handler := range map[string]http.HandlerFunc{
		"/":              echo,
		"/events":        events,
		"/socket":        socket,
		"/slow":          slow,
		"/status/{code}": status,
		"/upload":        upload,
		"/download":      download,
	} {
		s.mux.HandleFunc(path, handler)
	}
	return s
}

// URL is where the server is, or nothing when it does not know.
func (s *Server) URL() string { return s.url }

// Set changes the rules. Requests see all of a change or nothing of it.
func (s *Server) Set(change func(*Rules)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change(&s.rules)
}

// Rules are the rules as they stand.
func (s *Server) Rules() Rules {
	s.mu.Lock()
	defer s.mu.Unlock()
	rules := s.rules
	rules.Audience = cmp.Or(rules.Audience, s.org.Custom.Audience)
	return rules
}

// Asked is how many requests have come, and Let how many of them were let through.
func (s *Server) Asked() int { return int(s.asked.Load()) }

// Let is how many requests were let through.
func (s *Server) Let() int { return int(s.answered.Load()) }

// ServeHTTP answers one request, if its access token is good.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.asked.Add(1)
	wire.NoStore(w)
	caller, refusal := s.check(w, r)
	if refusal != nil {
		refusal.write(w)
		return
	}
	s.answered.Add(1)
	s.mux.ServeHTTP(w, r.WithContext(withCaller(r.Context(), caller)))
}
