package config

import (
	"crypto/tls"
	"strings"
)

// TLS reports whether the app itself speaks TLS, with the certificate in TLSCertFile.
func (c Config) TLS() bool { return c.TLSCertFile != "" }

// checkTLS reads the certificate and its key once, so that what does not fit stops the start.
func (c *Config) checkTLS(found *problems) {
	switch {
	case c.TLSCertFile == "" && c.TLSKeyFile == "":
		return
	case c.TLSCertFile == "":
		found.add("TLS_CERT_FILE", invalid("is missing, and needed because TLS_KEY_FILE is given; remove one or give both"))
		return
	case c.TLSKeyFile == "":
		found.add("TLS_KEY_FILE", invalid("is missing, and needed because TLS_CERT_FILE is given; remove one or give both"))
		return
	}
	certificate, err := readSmallFile(c.TLSCertFile)
	if err != nil {
		found.add("TLS_CERT_FILE", invalid("names a file that cannot be read: "+err.Error()))
	}
	key, err := readSmallFile(c.TLSKeyFile)
	if err != nil {
		found.add("TLS_KEY_FILE", invalid("names a file that cannot be read: "+err.Error()))
	}
	if !c.Secure() && !found.has("BASE_URL") {
		found.add("TLS_CERT_FILE", invalid("is for an app that people reach over https, and BASE_URL is not; begin BASE_URL with https://"))
	}
	if found.has("TLS_CERT_FILE") || found.has("TLS_KEY_FILE") {
		return
	}
	if _, err := tls.X509KeyPair(certificate, key); err != nil {
		found.add(blame(err))
	}
}

// blame names the setting whose file makes no key pair, and what it must be. The error of
// crypto/tls itself is not told: it may quote the file.
func blame(err error) (name string, problem error) {
	switch said := err.Error(); {
	case strings.Contains(said, "does not match"):
		return "TLS_KEY_FILE", invalid("holds a key that does not fit the certificate in TLS_CERT_FILE; give the key that the certificate was made with")
	case !strings.Contains(said, "certificate input") && strings.Contains(said, "key"):
		return "TLS_KEY_FILE", invalid("must name a file with a private key in PEM form, without a password")
	default:
		return "TLS_CERT_FILE", invalid("must name a file with a certificate in PEM form, the app's own first, then those between it and its authority")
	}
}
