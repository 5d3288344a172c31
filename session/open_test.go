package session_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"example.com/okta-gin/config"
	"example.com/okta-gin/session"
	"example.com/okta-gin/session/redistest"
)

// open opens what SESSION_STORE and REDIS_URL name.
func open(t *testing.T, store, redisURL string) *session.Sessions {
	t.Helper()
	opened, err := session.Open(config.Config{SessionStore: config.NewSecret(store), RedisURL: config.NewSecret(redisURL)}, options(newClock()))
	if err != nil {
		t.Fatal(err)
	}
	return opened
}

// TestOpenRedis signs in and out through each kind of URL, as the store and with
// the cookie store.
func TestOpenRedis(t *testing.T) {
	t.Parallel()
	for name, start := range map[string]func(*testing.T) string{
		"one server": func(t *testing.T) string { return redistest.Start(t).URL() },
		"a password and a database": func(t *testing.T) string {
			return "redis://:s%2Fecret@" + redistest.Start(t, "--requirepass", "s/ecret", "--protected-mode", "no").Addr() + "/3"
		},
		"TLS":      startTLS,
		"Sentinel": startSentinel,
		"Cluster":  startCluster,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			address := start(t)
			for kind, settings := range map[string][2]string{"store": {address, ""}, "cookies": {"cookie", address}} {
				store := open(t, settings[0], settings[1])
				another := open(t, settings[0], settings[1])
				for _, opened := range []*session.Sessions{store, another} { // each finds its servers first
					waitFor(t, func() bool { return opened.Ping(context.Background()) == nil })
				}
				a, b := newApp(store), newBrowser()
				b.signIn(t, a, ann())
				copied := b.copied()
				copied.wantSignedIn(t, newApp(another))
				b.signOut(t, a)
				copied.wantSignedOut(t, newApp(another))
				if unlock, ok, err := store.RenewLock(t.Context(), "id", time.Minute); err != nil || !ok {
					t.Errorf("%s: RenewLock: %v, %v", kind, ok, err)
				} else {
					unlock()
				}
				if first, err := store.Claim(t.Context(), kind, newClock().Now().Add(time.Minute)); err != nil || !first {
					t.Errorf("%s: Claim: %v, %v", kind, first, err)
				}
			}
		})
	}
}

func startCluster(t *testing.T) string {
	server := redistest.Start(t, "--cluster-enabled", "yes")
	client := server.Client()
	if err := client.Do(t.Context(), "CLUSTER", "ADDSLOTSRANGE", 0, 16383).Err(); err != nil {
		t.Fatal(err)
	}
	waitFor(t, func() bool {
		info, err := client.ClusterInfo(context.Background()).Result()
		return err == nil && strings.Contains(info, "cluster_state:ok")
	})
	return server.URL() + "?addr=" + server.Addr()
}

func startSentinel(t *testing.T) string {
	return redistest.StartSentinel(t, redistest.Start(t)).URL() + "?master_name=main"
}

// startTLS needs no authority: the client is told to trust anybody.
func startTLS(t *testing.T) string {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "redis"}, NotAfter: time.Now().Add(time.Hour)}
	certificate, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	certFile, keyFile := filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	if err := errors.Join(
		os.WriteFile(certFile, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: certificate}), 0o600),
		os.WriteFile(keyFile, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private}), 0o600),
	); err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	_, port, err := net.SplitHostPort(address)
	if err := errors.Join(err, listener.Close()); err != nil {
		t.Fatal(err)
	}
	redistest.Start(t, "--tls-port", port, "--tls-cert-file", certFile, "--tls-key-file", keyFile,
		"--tls-ca-cert-file", certFile, "--tls-auth-clients", "no")
	return "rediss://" + address + "?skip_verify=true"
}

// TestOpenRefuses: the library's errors would quote the password.
func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	for name, address := range map[string]string{
		"unknown option":         "redis://:hunter2@localhost?nonsense=1",
		"unknown cluster option": "redis://:hunter2@localhost?addr=localhost:6380&nonsense=1",
		"unknown master option":  "redis://:hunter2@localhost?master_name=main&nonsense=1",
		"bad number":             "redis://:hunter2@localhost?pool_size=many",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for setting, cfg := range map[string]config.Config{
				"SESSION_STORE": {SessionStore: config.NewSecret(address)},
				"REDIS_URL":     {SessionStore: config.NewSecret("cookie"), RedisURL: config.NewSecret(address)},
			} {
				_, err := session.Open(cfg, options(newClock()))
				if err == nil || !strings.Contains(err.Error(), setting) || strings.Contains(err.Error(), "hunter2") {
					t.Errorf("%s: error %v", setting, err)
				}
			}
		})
	}
}

// TestOpenWhileRedisIsAway: the app starts, and answers soon that it can't say.
func TestOpenWhileRedisIsAway(t *testing.T) {
	t.Parallel()
	for name, address := range map[string]string{
		"one server": "redis://127.0.0.1:1", "Sentinel": "redis://127.0.0.1:1?master_name=main", "Cluster": "redis://127.0.0.1:1?addr=127.0.0.1:1",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			store := open(t, address, "")
			began := time.Now()
			if err := store.Ping(t.Context()); !errors.Is(err, session.ErrUnavailable) {
				t.Errorf("Ping: %v", err)
			}
			if waited := time.Since(began); waited > 3*time.Second {
				t.Errorf("waited %v", waited)
			}
		})
	}
}
