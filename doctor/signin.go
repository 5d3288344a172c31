package doctor

import (
	"context"
	"crypto/subtle"
	"crypto/tls"
	"errors"
	"io"
	"maps"
	"net"
	"net/http"
	"slices"
	"strings"
	"syscall"
	"time"

	"example.com/okta-gin/okta"
)

const (
	// signInPatience is how long somebody may take to sign in.
	signInPatience = 5 * time.Minute
	// answerSize bounds what a browser may send, in bytes.
	answerSize = 64 << 10
)

// checkSignIn has somebody sign in once, and watches: the doctor listens in the app's place. It
// keeps no session, and has Okta forget the tokens.
func checkSignIn(ctx context.Context, e *examiner) {
	const check = "sign-in"
	if e.invite == nil {
		e.skip(check, "not asked for: okta-gin doctor --sign-in watches one")
		return
	}
	if !e.hasServer(check) {
		return
	}
	listener, ok := listenInPlace(ctx, e, check)
	if !ok {
		return
	}
	rp, err := okta.New(e.cfg, okta.Options{RedirectURI: e.redirectURI(), Now: e.now, Watch: func(http.RoundTripper) http.RoundTripper { return e.http.Transport }})
	if err != nil {
		listener.Close()
		e.tell(check, Fail, plain(err.Error()), "okta-gin check looks at the settings.", "")
		return
	}
	ctx, cancel := context.WithTimeout(ctx, signInPatience)
	defer cancel()
	e.invite(e.cfg.BaseURL + loginPath)
	judge(ctx, e, check, rp, watchOne(ctx, rp, listener, e.cfg.BasePath()))
}

// listenInPlace listens where the app would, for Okta's answer.
func listenInPlace(ctx context.Context, e *examiner, check string) (net.Listener, bool) {
	const elsewhere = "Sign in at the app itself: its profile page shows the claims, its log what went wrong."
	network, address := e.cfg.ListenOn()
	if !e.cfg.OnThisMachine() || e.cfg.Secure() != e.cfg.TLS() || network != "tcp" {
		e.tell(check, Unknown, "BASE_URL is not this machine at LISTEN: Okta's answer to a browser does not come here", elsewhere, "")
		return nil, false
	}
	listener, err := new(net.ListenConfig).Listen(ctx, network, address)
	if errors.Is(err, syscall.EADDRINUSE) {
		e.tell(check, Unknown, address+" is in use, by the app itself if it runs", "Stop it and ask again, or sign in at the app: its profile page shows the claims.", "")
		return nil, false
	}
	if err != nil {
		e.tell(check, Unknown, "cannot listen at "+address+": "+cause(err), elsewhere, "")
		return nil, false
	}
	if !e.cfg.TLS() {
		return listener, true
	}
	pair, err := tls.LoadX509KeyPair(e.cfg.TLSCertFile, e.cfg.TLSKeyFile)
	if err != nil {
		listener.Close()
		e.skip(check, "not looked at: see certificate")
		return nil, false
	}
	return tls.NewListener(listener, &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12}), true
}

// signedIn is how a sign-in came out.
type signedIn struct {
	person okta.Identity
	err    error
}

// watchOne serves a sign-in on listener, which it closes, until one has come out or ctx is
// done.
func watchOne(ctx context.Context, rp *okta.RelyingParty, listener net.Listener, base string) signedIn {
	done := make(chan signedIn, 1)
	attempt, err := rp.NewAttempt()
	if err != nil {
		listener.Close()
		return signedIn{err: err}
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+base+loginPath, func(w http.ResponseWriter, r *http.Request) {
		address, err := rp.AuthorizeURL(r.Context(), attempt, okta.Hints{})
		if err != nil {
			say(w, http.StatusBadGateway, "This did not work. The command says why.")
			finish(done, signedIn{err: err})
			return
		}
		http.Redirect(w, r, address, http.StatusSeeOther)
	})
	mux.HandleFunc(base+callbackPath, func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, answerSize)
		if subtle.ConstantTimeCompare([]byte(r.FormValue("state")), []byte(attempt.State)) != 1 {
			say(w, http.StatusBadRequest, "This answers another sign-in.")
			return
		}
		say(w, http.StatusOK, "Thank you. The command goes on; you can close this window.")
		finish(done, redeem(ctx, rp, r, attempt))
	})
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 20 * time.Second, WriteTimeout: time.Minute}
	go func() {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			finish(done, signedIn{err: err})
		}
	}()
	var out signedIn
	select {
	case out = <-done:
	case <-ctx.Done():
		out.err = ctx.Err()
	}
	ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
	defer cancel()
	if err := server.Shutdown(ending); err != nil {
		server.Close()
	}
	return out
}

// redeem trades what came back for who signed in.
func redeem(ctx context.Context, rp *okta.RelyingParty, r *http.Request, attempt okta.Attempt) signedIn {
	if err := rp.CheckResponseIssuer(ctx, r.FormValue("iss"), r.Form.Has("iss")); err != nil {
		return signedIn{err: err}
	}
	if r.Form.Has("error") {
		return signedIn{err: okta.NewRefusal(r.FormValue("error"), r.FormValue("error_description"))}
	}
	person, err := rp.SignIn(ctx, r.FormValue("code"), attempt)
	return signedIn{person, err}
}

// finish tells how the sign-in came out; only the first to say so counts.
func finish(done chan<- signedIn, out signedIn) {
	select {
	case done <- out:
	default:
	}
}

func say(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Referrer-Policy", "no-referrer") // the address has a code
	w.WriteHeader(status)
	_, _ = io.WriteString(w, text+"\n")
}

// judge tells how it came out, and keeps the claims for the checks that need them.
func judge(ctx context.Context, e *examiner, check string, rp *okta.RelyingParty, out signedIn) {
	var refusal *okta.Refusal
	switch {
	case errors.As(out.err, &refusal) && refusal.Code == "access_denied":
		e.tell(check, Fail, plain(refusal.Error()), "Assign the person to the app; and see access policy: it takes a policy for this client with a rule.", atAssignments)
		return
	case errors.Is(out.err, context.DeadlineExceeded) || errors.Is(out.err, context.Canceled):
		e.tell(check, Unknown, "nobody has signed in", "Ask again, and open the address in a browser.", "")
		return
	case out.err != nil:
		e.tell(check, Fail, plain(out.err.Error()), "See the other checks that fail; docs/problems.md explains Okta's words.", "")
		return
	}
	e.claims = out.person.Claims
	e.ok(check, "somebody could sign in; the claims are "+plain(strings.Join(slices.Sorted(maps.Keys(e.claims)), ", ")))
	if e.cfg.WantsRenewal() && out.person.RefreshToken == "" {
		e.tell("refresh token", Fail, "Okta gave none: sessions are never renewed", "Tick Refresh Token, and let the access policy's rule grant offline_access.", atGrants)
	}
	if out.person.RefreshToken == "" {
		return
	}
	if err := rp.Revoke(ctx, out.person.RefreshToken); err != nil {
		e.tell("refresh token", Warn, "Okta gave one, and could not be told to forget it: "+cause(err), "It ends by itself; or end the person's tokens in Okta.", "")
		return
	}
	e.ok("refresh token", "Okta gave one, and has forgotten it again")
}
