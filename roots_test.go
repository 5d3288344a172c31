package main

import (
	"crypto/x509"
	"os"
	"os/exec"
	"testing"

	"golang.org/x/crypto/x509roots/fallback/bundle"
)

// TestProgramBringsAuthorities holds that the program trusts the usual authorities
// where the machine has none, as in an empty container, and the machine's own else.
func TestProgramBringsAuthorities(t *testing.T) {
	t.Parallel()
	if os.Getenv("SSL_CERT_FILE") != "/nonexistent" {
		child := exec.CommandContext(t.Context(), os.Args[0], "-test.run", "^TestProgramBringsAuthorities$")
		child.Env = append(os.Environ(), "SSL_CERT_FILE=/nonexistent", "SSL_CERT_DIR=/nonexistent")
		if output, err := child.CombinedOutput(); err != nil {
			t.Errorf("%v: %s", err, output)
		}
		return
	}
	found := 0
	for root := range bundle.Roots() {
		certificate, err := x509.ParseCertificate(root.Certificate)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := certificate.Verify(x509.VerifyOptions{KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny}, CurrentTime: certificate.NotBefore.Add(1)}); err == nil {
			found++
		}
	}
	if found < 50 {
		t.Errorf("%d authorities are trusted, want the usual", found)
	}
}
