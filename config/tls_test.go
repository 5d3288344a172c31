package config_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"example.com/okta-gin/config"
)

// keyPair writes a certificate and its key to dir, and returns the files' names.
func keyPair(t *testing.T, dir string) (certFile, keyFile string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "app.example"}, DNSNames: []string{"app.example"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
	}
	certificate, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	writeFile(t, dir, "cert.pem", string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: certificate})))
	writeFile(t, dir, "key.pem", string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private})))
	return filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
}

func TestTLSFiles(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	cert, key := keyPair(t, dir)
	_, otherKey := keyPair(t, t.TempDir())
	nothing := filepath.Join(dir, "s3cr3t-name")
	const base, secret = "https://app.example", "a58484f50b66706058bb7e9e86eeff7eecd6dde01f4a433f076c6965c318c09d"
	for name, test := range map[string]struct {
		settings map[string]string
		want     string // the line about it; empty: accepted
	}{
		"both":             {map[string]string{"TLS_CERT_FILE": cert, "TLS_KEY_FILE": key}, ""},
		"the key alone":    {map[string]string{"TLS_KEY_FILE": key}, "TLS_CERT_FILE is missing"},
		"the cert alone":   {map[string]string{"TLS_CERT_FILE": cert}, "TLS_KEY_FILE is missing"},
		"no such file":     {map[string]string{"TLS_CERT_FILE": nothing, "TLS_KEY_FILE": key}, "TLS_CERT_FILE names a file that cannot be read: no such file"},
		"no such key":      {map[string]string{"TLS_CERT_FILE": cert, "TLS_KEY_FILE": nothing}, "TLS_KEY_FILE names a file that cannot be read: no such file"},
		"another's key":    {map[string]string{"TLS_CERT_FILE": cert, "TLS_KEY_FILE": otherKey}, "TLS_KEY_FILE holds a key that does not fit the certificate in TLS_CERT_FILE"},
		"no key":           {map[string]string{"TLS_CERT_FILE": cert, "TLS_KEY_FILE": cert}, "TLS_KEY_FILE must name a file with a private key"},
		"no certificate":   {map[string]string{"TLS_CERT_FILE": key, "TLS_KEY_FILE": key}, "TLS_CERT_FILE must name a file with a certificate"},
		"an http base":     {map[string]string{"TLS_CERT_FILE": cert, "TLS_KEY_FILE": key, "BASE_URL": "http://localhost:8080"}, "TLS_CERT_FILE is for an app that people reach over https"},
		"Go's own is none": {map[string]string{"SSL_CERT_FILE": cert, "SSL_CERT_DIR": dir}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			settings := required(map[string]string{"BASE_URL": base, "SESSION_SECRET": secret})
			for name, value := range test.settings {
				settings[name] = value
			}
			cfg, err := config.Load(settings)
			if test.want == "" {
				if err != nil || cfg.TLS() != (test.settings["TLS_CERT_FILE"] != "") {
					t.Errorf("got %v, TLS %t", err, cfg.TLS())
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "s3cr3t") || strings.Count(err.Error(), "•") != 1 {
				t.Errorf("got %v, want one line with %q", err, test.want)
			}
		})
	}
}

func TestListenSetting(t *testing.T) {
	t.Parallel()
	if got := mustLoad(t, nil).ListenSetting(); got != "PORT" {
		t.Errorf("got %s, want PORT", got)
	}
	if got := mustLoad(t, map[string]string{"LISTEN": ":9000"}).ListenSetting(); got != "LISTEN" {
		t.Errorf("got %s, want LISTEN", got)
	}
}

// TestUnreadableKey holds that a key which this user may not read is told by its setting.
func TestUnreadableKey(t *testing.T) {
	t.Parallel()
	cert, _ := keyPair(t, t.TempDir())
	_, err := config.Load(required(map[string]string{
		"BASE_URL": "https://app.example", "SESSION_SECRET": "a58484f50b66706058bb7e9e86eeff7eecd6dde01f4a433f076c6965c318c09d",
		"TLS_CERT_FILE": cert, "TLS_KEY_FILE": os.TempDir(),
	}))
	if err == nil || !strings.Contains(err.Error(), "TLS_KEY_FILE names a file that cannot be read") {
		t.Errorf("got %v", err)
	}
}
