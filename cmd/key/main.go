// Command key makes a private key for OKTA_OAUTH2_CLIENT_KEY_FILE, and prints the public half as Okta's Admin
// Console takes it.
package main

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"

	"github.com/lestrrat-go/jwx/v2/jwk"
)

const rsaBits = 3072

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

// run returns 0 when the key is there, 2 for arguments that can't work, 1 for anything else.
func run(args []string, stdout, stderr io.Writer) int {
	flags := flag.NewFlagSet("key", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.Usage = func() {
		fmt.Fprintln(stderr, "Usage: key [-rsa] FILE\nMakes a private key in FILE, which must not be there yet.")
		flags.PrintDefaults()
	}
	wantRSA := flags.Bool("rsa", false, "make an RSA key (RS256, PS256) in place of one of P-256 (ES256)")
	if err := flags.Parse(args); errors.Is(err, flag.ErrHelp) {
		return 0
	} else if err != nil {
		return 2
	}
	if flags.NArg() != 1 {
		flags.Usage()
		return 2
	}
	file := flags.Arg(0)
	public, err := makeKey(file, *wantRSA)
	if err != nil {
		fmt.Fprintln(stderr, err)
		return 1
	}
	fmt.Fprintf(stdout, "The private key is in %s, for the app alone:\n\n  OKTA_OAUTH2_CLIENT_KEY_FILE=%s\n\n", file, file)
	fmt.Fprintf(stdout, "Its public half goes into Okta's Admin Console: Applications → your app → General → Client Credentials →\n")
	fmt.Fprintf(stdout, "Client authentication: Public key / Private key → Save keys in Okta → Add key:\n\n%s\n\n", public)
	fmt.Fprintf(stdout, "Or choose \"Use a URL to fetch keys dynamically\": BASE_URL/authorization-code/jwks.json\n")
	return 0
}

// makeKey writes a new private key into file, which only the user may read, and returns its public JWK.
func makeKey(file string, wantRSA bool) (public []byte, err error) {
	private, err := generate(wantRSA)
	if err != nil {
		return nil, fmt.Errorf("make a key: %w", err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		return nil, fmt.Errorf("encode the key: %w", err)
	}
	if public, err = publicJWK(private.Public()); err != nil {
		return nil, fmt.Errorf("encode the public key: %w", err)
	}
	// O_EXCL: a key that is in use is not written over.
	out, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, fmt.Errorf("write the key: %w", err)
	}
	err = errors.Join(pem.Encode(out, &pem.Block{Type: "PRIVATE KEY", Bytes: der}), out.Close())
	if err != nil {
		return nil, fmt.Errorf("write the key: %w", err)
	}
	return public, nil
}

func generate(wantRSA bool) (crypto.Signer, error) {
	if wantRSA {
		return rsa.GenerateKey(rand.Reader, rsaBits)
	}
	return ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
}

func publicJWK(public crypto.PublicKey) ([]byte, error) {
	key, err := jwk.FromRaw(public)
	if err != nil {
		return nil, err
	}
	thumbprint, err := key.Thumbprint(crypto.SHA256)
	if err != nil {
		return nil, err
	}
	err = errors.Join(
		key.Set(jwk.KeyIDKey, base64.RawURLEncoding.EncodeToString(thumbprint)),
		key.Set(jwk.KeyUsageKey, jwk.ForSignature),
	)
	if err != nil {
		return nil, err
	}
	return json.MarshalIndent(key, "", "  ")
}
