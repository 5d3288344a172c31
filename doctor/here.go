package doctor

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"example.com/okta-gin/okta/oktahttp"
)

// checkCertificate looks at the one that the app itself speaks TLS with.
func checkCertificate(_ context.Context, e *examiner) {
	const check = "certificate"
	if !e.cfg.TLS() {
		e.skip(check, "TLS_CERT_FILE is not set: TLS ends at a proxy, if anywhere")
		return
	}
	pair, err := tls.LoadX509KeyPair(e.cfg.TLSCertFile, e.cfg.TLSKeyFile)
	if err != nil {
		e.tell(check, Fail, "TLS_CERT_FILE and TLS_KEY_FILE cannot be used any more", "okta-gin check says which of them.", "")
		return
	}
	base, err := url.Parse(e.cfg.BaseURL)
	if err != nil {
		return
	}
	until := pair.Leaf.NotAfter.UTC().Format(time.DateOnly)
	switch left := pair.Leaf.NotAfter.Sub(e.now()); {
	case left <= 0:
		e.tell(check, Fail, "the certificate in TLS_CERT_FILE ended on "+until, "Renew it; the app takes it up without a restart.", "")
	case pair.Leaf.VerifyHostname(base.Hostname()) != nil:
		e.tell(check, Fail, "the certificate in TLS_CERT_FILE is not for "+base.Hostname(), "Give one for the host in BASE_URL.", "")
	case left < soon:
		e.tell(check, Warn, "the certificate in TLS_CERT_FILE ends on "+until, "Renew it; the app takes it up without a restart.", "")
	default:
		e.ok(check, "good until "+until)
	}
}

// checkListen looks whether the app could listen where it is to, and so for its metrics.
func checkListen(ctx context.Context, e *examiner) {
	network, address := e.cfg.ListenOn()
	checkListenAt(ctx, e, "listen", e.cfg.ListenSetting(), network, address)
	if network, address, apart := e.cfg.MetricsListenOn(); apart {
		checkListenAt(ctx, e, "metrics listen", "METRICS_LISTEN", network, address)
	}
}

func checkListenAt(ctx context.Context, e *examiner, check, setting, network, address string) {
	switch network {
	case "systemd":
		e.skip(check, "the socket is systemd's")
		return
	case "unix":
		if _, err := os.Stat(filepath.Dir(address)); err != nil {
			e.tell(check, Fail, setting+": there is no folder for the socket", "Make the folder, or have systemd make it (RuntimeDirectory=).", "")
			return
		}
		e.ok(check, "there is a folder for the socket")
		return
	}
	listener, err := new(net.ListenConfig).Listen(ctx, network, address)
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		e.skip(check, address+" is in use: by the app itself, if it runs")
	case err != nil:
		e.tell(check, Fail, setting+": cannot listen at "+address+": "+cause(err), "Name an address of this machine and a port that this user may have.", "")
	default:
		listener.Close()
		e.ok(check, address+" is free")
	}
}

// longTarget and longHint, in bytes, are what a sign-in keeps and passes on of where
// people go on and who they are: together they make an answer of more than answerRoom.
const (
	longTarget = 2040
	longHint   = 250
)

// checkBaseURL asks the app itself, the way that people come. Where it does not run yet,
// that is no fault.
func checkBaseURL(ctx context.Context, e *examiner) {
	const check = "base url"
	r := e.ask(ctx, e.cfg.BaseURL+"/healthz")
	var health struct {
		Status string `json:"status"`
	}
	switch {
	case r.answer == nil && e.cfg.OnThisMachine():
		e.skip(check, "the app does not run")
		return
	case r.answer == nil:
		e.tell(check, Warn, "nobody answers at "+e.cfg.BaseURL+": "+cause(r.err), "Start the app and ask again; see BASE_URL, the proxy, and whether this machine may reach it.", "")
		return
	case r.status() >= http.StatusMultipleChoices && r.status() < http.StatusBadRequest:
		e.tell(check, Fail, fmt.Sprintf("BASE_URL leads elsewhere: status %d to %s", r.status(), plain(r.header("Location"))), "Set BASE_URL to the address that people end at, scheme, host and path.", "")
		return
	case r.status() != http.StatusOK || oktahttp.DecodeJSON(r.body, &health) != nil || health.Status != "alive":
		e.tell(check, Fail, fmt.Sprintf("what answers at %s is not this app: status %d", e.cfg.BaseURL, r.status()), "See BASE_URL, its path, and where the proxy sends it.", "")
		return
	}
	if !sameApp(ctx, e, check) || e.cfg.SessionStore.Reveal() != "cookie" {
		return
	}
	headerRoom(ctx, e)
}

// sameApp begins a sign-in, as any visitor does, and compares where it leads.
func sameApp(ctx context.Context, e *examiner, check string) bool {
	r := e.ask(ctx, e.cfg.BaseURL+loginPath, "Accept", "text/html")
	target, err := url.Parse(r.header("Location"))
	if err != nil || r.status() < 300 || r.status() >= 400 || !target.Query().Has("redirect_uri") {
		e.tell(check, Warn, fmt.Sprintf("the app answers, and begins no sign-in: status %d", r.status()), "See what its log says.", "")
		return false
	}
	if got := target.Query().Get("redirect_uri"); got != e.redirectURI() {
		e.tell(check, Fail, "the app that answers believes to be elsewhere: it has Okta answer at "+plain(got), "Give it the same BASE_URL, and restart it.", "")
		return false
	}
	if target.Query().Get("client_id") != e.cfg.ClientID {
		e.tell(check, Fail, "the app that answers has another client id", "Give it the same OKTA_OAUTH2_CLIENT_ID, and restart it.", "")
		return false
	}
	e.ok(check, "the app answers there, and knows its own address")
	return true
}

// headerRoom sends and asks for headers as large as people of many groups have them.
func headerRoom(ctx context.Context, e *examiner) {
	const check = "header room"
	const next = "Give the proxy room, as docs/deployment.md says."
	var parts []string
	for i := range 5 {
		parts = append(parts, fmt.Sprintf("okta_gin_doctor_%d=%s", i, strings.Repeat("x", 3900)))
	}
	if r := e.ask(ctx, e.cfg.BaseURL+"/healthz", "Cookie", strings.Join(parts, "; ")); r.status() != http.StatusOK {
		e.tell(check, Warn, fmt.Sprintf("a request with 20 KB of cookies is refused: status %d", r.status()), next+" People of hundreds of groups are shut out.", "")
		return
	}
	target := url.Values{"return_to": {"/" + dense("path", longTarget)}, "login_hint": {strings.Repeat("@", longHint)}} // three bytes each in a URL
	r := e.ask(ctx, e.cfg.BaseURL+loginPath+"?"+target.Encode(), "Accept", "text/html")
	if r.status() >= 500 || r.answer == nil {
		e.tell(check, Warn, fmt.Sprintf("an answer with more than 4 KB of headers does not come through: status %d", r.status()), next+" People of many groups cannot sign in.", "")
		return
	}
	if size := r.headerSize(); size <= answerRoom {
		e.tell(check, Unknown, fmt.Sprintf("20 KB of cookies go in; the answer had only %d bytes of headers", size), "See that people of many groups can sign in.", "")
		return
	}
	e.ok(check, "20 KB of cookies go in, and more than 4 KB of headers come out")
}
