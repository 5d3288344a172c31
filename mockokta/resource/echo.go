package resource

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"maps"
	"net/http"
	"strconv"

	"example.com/okta-gin/mockokta/wire"
)

// maxEcho is how much of a body an answer repeats.
const maxEcho = 1 << 20

// said is what a server has understood of a request.
func said(r *http.Request) map[string]any {
	headers := maps.Clone(r.Header)
	scheme := callerOf(r.Context()).Scheme
	headers.Set("Authorization", scheme+" (checked)") // answers go to browsers, tokens do not
	if headers.Get("DPoP") != "" {
		headers.Set("DPoP", "(checked)")
	}
	return map[string]any{
		"who": callerOf(r.Context()), "method": r.Method, "host": r.Host, "path": r.URL.EscapedPath(), "query": r.URL.RawQuery,
		"protocol": r.Proto, "remote": r.RemoteAddr, "headers": headers,
	}
}

// echo answers any path with what came: who, method, URL, headers, and a body of up to 1 MB.
func echo(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxEcho))
	if err != nil {
		wire.JSON(w, http.StatusRequestEntityTooLarge, map[string]string{"error": "the body cannot be read: " + err.Error()})
		return
	}
	answer := said(r)
	answer["body"], answer["trailers"] = string(body), r.Trailer
	wire.JSON(w, http.StatusOK, answer)
}

// status answers /status/{code} with that code, and with the query's location if there is one.
func status(w http.ResponseWriter, r *http.Request) {
	code, err := strconv.Atoi(r.PathValue("code"))
	if err != nil || code < 200 || code > 599 {
		wire.JSON(w, http.StatusBadRequest, map[string]string{"error": "want a status from 200 to 599"})
		return
	}
	if location := r.URL.Query().Get("location"); location != "" {
		w.Header().Set("Location", location)
	}
	if code == http.StatusNoContent || code == http.StatusNotModified {
		w.WriteHeader(code)
		return
	}
	wire.JSON(w, code, said(r))
}

// upload answers with the size and the SHA-256 of a body of any size.
func upload(w http.ResponseWriter, r *http.Request) {
	hash := sha256.New()
	n, err := io.Copy(hash, r.Body)
	if err != nil {
		wire.JSON(w, http.StatusBadRequest, map[string]string{"error": "the body cannot be read: " + err.Error()})
		return
	}
	wire.JSON(w, http.StatusOK, map[string]any{"bytes": n, "sha256": hex.EncodeToString(hash.Sum(nil))})
}

// download answers with the query's number of bytes, each a zero.
func download(w http.ResponseWriter, r *http.Request) {
	n, err := strconv.ParseInt(r.URL.Query().Get("bytes"), 10, 64)
	if err != nil || n < 0 {
		wire.JSON(w, http.StatusBadRequest, map[string]string{"error": "want bytes=N"})
		return
	}
	w.Header().Set("Content-Type", "application/octet-stream")
	w.Header().Set("Content-Length", fmt.Sprint(n))
	io.CopyN(w, zeros{}, n)
}

// zeros has no end.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}
