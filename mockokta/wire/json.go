package wire

import (
	"encoding/json"
	"net/http"
	"time"
)

// NoStore keeps an answer out of caches, in Okta's words.
func NoStore(w http.ResponseWriter) {
	w.Header().Set("Cache-Control", "no-cache, no-store")
	w.Header().Set("Pragma", "no-cache")
	w.Header().Set("Expires", "0")
}

// JSON answers with a JSON body.
func JSON(w http.ResponseWriter, status int, body any) { JSONAs(w, status, "application/json", body) }

// JSONAs answers with a JSON body of another media type.
func JSONAs(w http.ResponseWriter, status int, contentType string, body any) {
	encoded, err := json.Marshal(body)
	if err != nil {
		http.Error(w, "the stand-in could not encode its answer: "+err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", contentType)
	w.WriteHeader(status)
	w.Write(encoded)
}

// Time writes a time as Okta's APIs do: to the second, with three zeros behind.
func Time(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05") + ".000Z" }
