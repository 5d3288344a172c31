package oktahttp

import (
	"net/http"
	"testing"
)

// TestEveryLimitIsSet: a zero of net/http's means that there is none.
func TestEveryLimitIsSet(t *testing.T) {
	t.Parallel()
	client := NewClient(0)
	transport := client.Transport.(wholeAnswers).next.(*http.Transport)
	if client.Timeout != Timeout || transport.MaxResponseHeaderBytes != MaxHeader || transport.MaxConnsPerHost != MaxConnections ||
		transport.MaxIdleConns != MaxIdle || transport.MaxIdleConnsPerHost != MaxIdle || transport.IdleConnTimeout <= 0 || client.Jar != nil {
		t.Errorf("client %+v, transport %+v", client, transport)
	}
	if transport == http.DefaultTransport {
		t.Error("the limits are everybody's")
	}
}
