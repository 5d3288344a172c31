package main

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
)

// peerData is what the peer has at hand: the claims, and the app's headers by path.
type peerData struct {
	Claims  json.RawMessage
	Headers map[string]http.Header
}

// add adds the headers of an answer but those that an answer gets by itself.
func (d peerData) add(path string, headers http.Header) {
	headers.Del("Date")
	headers.Del("Content-Length")
	d.Headers[path] = headers
}

// write writes the data to a file.
func (b *bench) write(data peerData) (file string, err error) {
	content, err := json.Marshal(data)
	if err != nil {
		return "", err
	}
	file = filepath.Join(b.dir, "peer.json")
	return file, os.WriteFile(file, content, 0o600)
}
