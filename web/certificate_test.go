package web_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"io"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/okta-gin/web"
)

// keyPair is a certificate for localhost with its key, in files.
type keyPair struct {
	t                 *testing.T
	certFile, keyFile string
}

func newKeyPair(t *testing.T) *keyPair {
	dir := t.TempDir()
	return &keyPair{t, filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")}
}

// make returns a new certificate and key in PEM form.
func (k *keyPair) make(serial int64) (certificate, key []byte) {
	k.t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		k.t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(serial), DNSNames: []string{"localhost"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, private.Public(), private)
	if err != nil {
		k.t.Fatal(err)
	}
	encoded, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		k.t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: encoded})
}

// write replaces a file, as certbot and Kubernetes do.
func (k *keyPair) write(name string, content []byte) {
	k.t.Helper()
	if err := os.WriteFile(name+".new", content, 0o600); err != nil {
		k.t.Fatal(err)
	}
	if err := os.Rename(name+".new", name); err != nil {
		k.t.Fatal(err)
	}
}

func serialOf(t *testing.T, c *web.Certificate) int64 {
	t.Helper()
	pair, err := c.Get(nil)
	if err != nil {
		t.Fatal(err)
	}
	return pair.Leaf.SerialNumber.Int64()
}

// settable is a clock that stands until it is moved.
type settable struct {
	mu  sync.Mutex
	now time.Time
}

func (c *settable) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *settable) add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

func TestCertificateIsReadAgain(t *testing.T) {
	t.Parallel()
	files, clock, out := newKeyPair(t), &settable{now: time.Now()}, &logs{}
	log := slog.New(slog.NewJSONHandler(out, nil))
	if _, err := web.NewCertificate(files.certFile, files.keyFile, clock.Now, log); err == nil || !strings.Contains(err.Error(), "TLS_CERT_FILE") {
		t.Errorf("no files: %v", err)
	}
	cert, key := files.make(1)
	files.write(files.certFile, cert)
	files.write(files.keyFile, key)
	c, err := web.NewCertificate(files.certFile, files.keyFile, clock.Now, log)
	if err != nil {
		t.Fatal(err)
	}
	cert, key = files.make(2)
	files.write(files.certFile, cert)
	if got := serialOf(t, c); got != 1 {
		t.Errorf("within a second: certificate %d", got)
	}
	for range 3 { // half replaced
		clock.add(time.Second)
		if got := serialOf(t, c); got != 1 {
			t.Errorf("without its key: certificate %d", got)
		}
	}
	if lines := out.lines(t); len(lines) != 1 || lines[0]["level"] != "ERROR" {
		t.Errorf("half replaced: logged %v, want one error", lines)
	}
	files.write(files.keyFile, key)
	clock.add(time.Second)
	if got := serialOf(t, c); got != 2 {
		t.Errorf("replaced: certificate %d", got)
	}
	lines := out.lines(t)
	if last := lines[len(lines)-1]; last["msg"] != "new TLS certificate" || len(last["sha256"].(string)) != 64 {
		t.Errorf("replaced: logged %v", last)
	}
	if err := os.Remove(files.keyFile); err != nil {
		t.Fatal(err)
	}
	clock.add(time.Second)
	if got := serialOf(t, c); got != 2 {
		t.Errorf("key removed: certificate %d", got)
	}
}

// TestServeTLS serves over TLS, with HTTP/2, and stops as without.
func TestServeTLS(t *testing.T) {
	t.Parallel()
	files := newKeyPair(t)
	cert, key := files.make(7)
	files.write(files.certFile, cert)
	files.write(files.keyFile, key)
	log := slog.New(slog.DiscardHandler)
	certificate, err := web.NewCertificate(files.certFile, files.keyFile, time.Now, log)
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "localhost:0")
	if err != nil {
		t.Fatal(err)
	}
	_, port, _ := net.SplitHostPort(listener.Addr().String())
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, r.Proto) })
	go func() { done <- web.Serving{Certificate: certificate}.Serve(ctx, listener, handler, log) }()
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(cert)
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}, ForceAttemptHTTP2: true}}
	resp, err := client.Get("https://localhost:" + port)
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(resp.Body)
	resp.Body.Close()
	if err != nil || string(body) != "HTTP/2.0" || resp.TLS.PeerCertificates[0].SerialNumber.Int64() != 7 {
		t.Errorf("got %q, %v, certificate %v", body, err, resp.TLS.PeerCertificates[0].SerialNumber)
	}
	if _, err := (&tls.Dialer{Config: &tls.Config{RootCAs: roots, MaxVersion: tls.VersionTLS11}}).DialContext(t.Context(), "tcp", "localhost:"+port); err == nil {
		t.Error("TLS 1.1 is spoken")
	}
	client.CloseIdleConnections()
	stop()
	if err := <-done; err != nil {
		t.Errorf("told to stop: %v", err)
	}
}

// TestServeDelay holds that a server that is told to stop says so first, then serves
// new clients for the delay, and only then stops listening.
func TestServeDelay(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	const delay = 300 * time.Millisecond
	var told time.Time
	leaving := make(chan struct{})
	serving := web.Serving{Delay: delay, Leaving: func() { told = time.Now(); close(leaving) }}
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	handler := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "served") })
	go func() { done <- serving.Serve(ctx, listener, handler, slog.New(slog.DiscardHandler)) }()
	stop()
	<-leaving
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	served := 0
	for {
		resp, err := client.Get("http://" + listener.Addr().String())
		if err != nil {
			break
		}
		resp.Body.Close()
		served++
	}
	if served == 0 || time.Since(told) < delay {
		t.Errorf("%d were served in %s, want some for %s", served, time.Since(told), delay)
	}
	if err := <-done; err != nil {
		t.Error(err)
	}
}
