package resource

import (
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/coder/websocket"

	"example.com/okta-gin/mockokta/wire"
)

// events answers /events with server-sent events (HTML Living Standard 9.2): the query's n of them, or without n until
// the client leaves; one every query's every, by default a second.
func events(w http.ResponseWriter, r *http.Request) {
	n, err := strconv.Atoi(r.URL.Query().Get("n"))
	if err != nil {
		n = -1
	}
	every, ok := duration(w, r, "every", time.Second)
	if !ok {
		return
	}
	w.Header().Set("Content-Type", "text/event-stream")
	control := http.NewResponseController(w)
	for i := 1; n < 0 || i <= n; i++ {
		if _, err := fmt.Fprintf(w, "id: %d\nevent: tick\ndata: {\"n\":%d,\"sub\":%q}\n\n", i, i, callerOf(r.Context()).Subject); err != nil {
			return
		}
		if err := control.Flush(); err != nil {
			return
		}
		if i == n || !wait(r, every) {
			return
		}
	}
}

// socket answers /socket with a WebSocket that sends back every message. The first of its own names the caller.
func socket(w http.ResponseWriter, r *http.Request) {
	conn, err := websocket.Accept(w, r, &websocket.AcceptOptions{InsecureSkipVerify: true}) // the token was checked: an Origin adds nothing
	if err != nil {
		return
	}
	defer conn.CloseNow()
	if err := conn.Write(r.Context(), websocket.MessageText, []byte("hello "+callerOf(r.Context()).Subject)); err != nil {
		return
	}
	for {
		kind, message, err := conn.Read(r.Context())
		if err != nil {
			return
		}
		if err := conn.Write(r.Context(), kind, message); err != nil {
			return
		}
	}
}

// slow answers /slow after the query's for, by default ten seconds, unless the client leaves before.
func slow(w http.ResponseWriter, r *http.Request) {
	if d, ok := duration(w, r, "for", 10*time.Second); ok && wait(r, d) {
		wire.JSON(w, http.StatusOK, said(r))
	}
}

// maxWait bounds what a query may ask for.
const maxWait = time.Hour

// duration reads a parameter such as 250ms. It answers itself when it is no good.
func duration(w http.ResponseWriter, r *http.Request, name string, none time.Duration) (time.Duration, bool) {
	raw := r.URL.Query().Get(name)
	if raw == "" {
		return none, true
	}
	d, err := time.ParseDuration(raw)
	if err != nil || d < 0 || d > maxWait {
		wire.JSON(w, http.StatusBadRequest, map[string]string{"error": "want " + name + "=DURATION, such as 250ms"})
		return 0, false
	}
	return d, true
}

// wait waits, and says whether the client is still there.
func wait(r *http.Request, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-r.Context().Done():
		return false
	}
}
