package wire

import (
	"encoding/json"
	"net/http"
	"time"
)

func NoStore(w http.ResponseWriter) {
	w.Header().Set("Cache-Control", "no-cache, no-store")
	w.Header().Set("Pragma", "no-cache")
	w.Header().Set("Expires", "0")
}

func JSON(w http.ResponseWriter, status int, body any) {
	encoded, err := json.Marshal(body)
	if err != nil {
		http.Error(w, "the stand-in could not encode its answer: "+err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	w.Write(encoded)
}

// Time writes a time as Okta's APIs do: to the second, with three zeros behind.
func Time(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05") + ".000Z" }
