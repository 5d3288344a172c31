package doctor

import (
	"context"
	"io"
	"net/http"
	"time"

	"example.com/okta-gin/config"
	"example.com/okta-gin/okta/oktahttp"
)

// The app's own paths.
const (
	callbackPath  = "/authorization-code/callback"
	signedOutPath = "/authorization-code/signed-out"
	loginPath     = "/authorization-code/login-redirect"
)

// examiner is one examination under way.
type examiner struct {
	cfg    config.Config
	http   *http.Client
	now    func() time.Time
	groups int
	invite func(address string)

	first    reply          // of the issuer to the question for its metadata
	metadata metadata       // of no issuer where there is none to rely on
	claims   map[string]any // of who has signed in, nil for nobody
	findings []Finding
}

// tell adds a finding. next is what to do, and where in the Admin Console, if there.
func (e *examiner) tell(check string, mark Mark, seen, next, where string) {
	e.findings = append(e.findings, Finding{check, mark, seen, next, where})
}

// ok adds that all is well.
func (e *examiner) ok(check, seen string) { e.tell(check, OK, seen, "", "") }

// skip adds that there is nothing to look at.
func (e *examiner) skip(check, why string) { e.tell(check, Skipped, why, "", "") }

// hasServer reports whether there is an authorization server to ask further, and adds
// that a check could not be made where there is none.
func (e *examiner) hasServer(check string) bool {
	if e.metadata.Issuer == "" {
		e.skip(check, "not looked at: there are no metadata to rely on")
	}
	return e.metadata.Issuer != ""
}

func (e *examiner) redirectURI() string { return e.cfg.BaseURL + callbackPath }

func (e *examiner) signedOutURI() string { return e.cfg.BaseURL + signedOutPath }

// ask gets address, with headers: names and values in turn.
func (e *examiner) ask(ctx context.Context, address string, headers ...string) reply {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return reply{err: err}
	}
	for i := 0; i+1 < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	return e.send(request)
}

func (e *examiner) send(request *http.Request) reply {
	var r reply
	began := e.now()
	answer, err := e.http.Do(request)
	if err != nil {
		r.err = err
		return r
	}
	defer answer.Body.Close()
	r.body, r.err = io.ReadAll(io.LimitReader(answer.Body, oktahttp.MaxBody))
	r.answer, r.at = answer, began.Add(e.now().Sub(began)/2)
	return r
}
