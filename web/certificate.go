package web

import (
	"crypto/sha256"
	"crypto/tls"
	"encoding/hex"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"sync"
	"time"
)

// lookAgain is how often the files of a certificate are looked at, at most.
const lookAgain = time.Second

// Certificate is a TLS certificate and its key in two files, read again when one of
// them changes. It is safe for concurrent use.
type Certificate struct {
	certFile, keyFile string
	now               func() time.Time
	log               *slog.Logger

	mu     sync.Mutex
	pair   *tls.Certificate
	tried  [2]stamp // the files when they were read last, be it in vain
	looked time.Time
}

// stamp tells one content of a file from the next.
type stamp struct {
	modified time.Time
	size     int64
	info     fs.FileInfo
}

// NewCertificate reads certFile and keyFile, both in PEM form. What is read later goes
// to log, by its fingerprint; now is the clock.
func NewCertificate(certFile, keyFile string, now func() time.Time, log *slog.Logger) (*Certificate, error) {
	c := &Certificate{certFile: certFile, keyFile: keyFile, now: now, log: log, looked: now()}
	var err error
	if c.tried, err = c.stamps(); err != nil {
		return nil, err
	}
	return c, c.read()
}

// Get is for [tls.Config.GetCertificate]. Files that changed within the last second
// may not count yet. Where they cannot be read or do not fit each other, as while they
// are being replaced, what was good before goes on, and the log says so.
func (c *Certificate) Get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if now := c.now(); now.Sub(c.looked) >= lookAgain {
		c.looked = now
		c.refresh()
	}
	return c.pair, nil
}

func (c *Certificate) refresh() {
	found, err := c.stamps()
	if err == nil && found[0].same(c.tried[0]) && found[1].same(c.tried[1]) {
		return
	}
	if err == nil {
		err = c.read()
		c.tried = found
	}
	if err != nil {
		c.log.Error("TLS_CERT_FILE and TLS_KEY_FILE have changed and cannot be used: the certificate from before goes on", "error", err)
		return
	}
	c.log.Info("new TLS certificate", "sha256", fingerprint(c.pair), "ends", c.pair.Leaf.NotAfter)
}

func (c *Certificate) read() error {
	pair, err := tls.LoadX509KeyPair(c.certFile, c.keyFile)
	if err != nil {
		return fmt.Errorf("TLS_CERT_FILE and TLS_KEY_FILE: %w", err)
	}
	c.pair = &pair
	return nil
}

func (c *Certificate) stamps() (found [2]stamp, err error) {
	for i, name := range []string{c.certFile, c.keyFile} {
		info, err := os.Stat(name)
		if err != nil {
			return found, fmt.Errorf("TLS_CERT_FILE and TLS_KEY_FILE: %w", err)
		}
		found[i] = stamp{info.ModTime(), info.Size(), info}
	}
	return found, nil
}

// same holds for a file that was neither written to nor replaced.
func (s stamp) same(other stamp) bool {
	return s.modified.Equal(other.modified) && s.size == other.size && os.SameFile(s.info, other.info)
}

// fingerprint is the SHA-256 of the certificate, as `openssl x509 -fingerprint` has it
// but for the colons.
func fingerprint(pair *tls.Certificate) string {
	sum := sha256.Sum256(pair.Certificate[0])
	return hex.EncodeToString(sum[:])
}
