package mockokta

import (
	"example.com/okta-gin/mockokta/resource"
)

// ResourceRules are what a sample API asks of access tokens.
type ResourceRules = resource.Rules

// Resource is a sample API behind an org: an http.Handler that takes access tokens of the org's custom authorization
// server, as bearers or bound to keys, checks everything about them, and answers any path with what it was sent (who,
// method, path, query, headers, body). Further paths: /events?n=&every= sends events, /socket is a WebSocket that sends back
// what it gets, /slow?for= waits, /status/{code}?location= answers with a status, /upload takes and /download?bytes= sends
// bodies of any size. Its answers carry no tokens.
type Resource struct {
	*resource.Server

	listening listening
}

// NewResource returns a sample API that listens nowhere: serve it as an http.Handler.
func NewResource(org *Org, rules ResourceRules) *Resource {
	return &Resource{Server: resource.New(org.Org, "", rules)}
}

// StartResource is NewResource plus a listener on addr, "host:port", loopback only, such as "127.0.0.1:0" for a free port.
func StartResource(org *Org, addr string, rules ResourceRules) (*Resource, error) {
	listener, err := listenLoopback(addr)
	if err != nil {
		return nil, err
	}
	r := &Resource{Server: resource.New(org.Org, "http://"+listener.Addr().String(), rules)}
	r.listening.serve(listener, streaming(r, org.Log()))
	return r, nil
}

// Close takes the listener away and drops every connection but WebSockets at once. More than one Close does no harm.
func (r *Resource) Close() error { return r.listening.close() }
