package doctor

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"example.com/okta-gin/session"
)

const (
	// requestRoom is what nginx has for a request's headers unless told otherwise.
	requestRoom = 8000
	// answerRoom is what it has for an answer's.
	answerRoom = 4096
)

// checkCookies measures what the browser of a person of many groups carries.
func checkCookies(ctx context.Context, e *examiner) {
	const check = "cookie size"
	if e.cfg.SessionStore.Reveal() != "cookie" {
		e.skip(check, "sessions are in Redis: the cookie is a few hundred bytes")
		return
	}
	size, err := cookieSize(ctx, e)
	switch {
	case errors.Is(err, session.ErrTooLarge):
		e.tell(check, Fail, fmt.Sprintf("a session of %d groups does not fit into cookies: such people cannot sign in", e.groups),
			"Set SESSION_STORE to a Redis URL, or let the groups claim match fewer groups.", atClaims)
		return
	case err != nil:
		e.tell(check, Unknown, "cannot be measured: "+cause(err), "", "")
		return
	}
	seen := fmt.Sprintf("about %.1f KB with %d groups whose names have nothing in common", float64(size)/1000, e.groups)
	if size > answerRoom {
		room := "answers (4 KB)"
		if size > requestRoom {
			room = "requests (8 KB) and answers (4 KB)"
		}
		e.tell(check, Warn, seen+": more than nginx has room for in "+room+" unless told otherwise", "Set its buffers as docs/deployment.md says, or SESSION_STORE to a Redis URL.", "")
		return
	}
	e.ok(check, seen)
}

// cookieSize is that of the session of a made-up person, whose names of groups have
// nothing in common, in bytes.
func cookieSize(ctx context.Context, e *examiner) (int, error) {
	sessions, err := session.NewCookies(session.Options{
		Realm: e.cfg.Issuer + " " + e.cfg.ClientID, CookieName: e.cfg.SessionCookieName(), Secrets: e.cfg.SessionKeys(), Secure: e.cfg.Secure(),
		IdleTimeout: e.cfg.SessionIdleTimeout, MaxAge: e.cfg.SessionMaxAge, Now: e.now,
	})
	if err != nil {
		return 0, err
	}
	groups := make([]string, e.groups)
	for i := range groups {
		groups[i] = noise("group "+strconv.Itoa(i), 20)
	}
	claims, err := json.Marshal(map[string]any{
		"iss": e.cfg.Issuer, "aud": e.cfg.ClientID, "sub": noise("person", 20), "name": "Ada Lovelace-Byron", "preferred_username": "ada.lovelace-byron@corp.example",
		"email": "ada.lovelace-byron@corp.example", "iat": e.now().Unix(), "exp": e.now().Unix(), "groups": groups,
	})
	if err != nil {
		return 0, err
	}
	person := session.Session{Subject: noise("person", 20), Claims: claims, IDToken: noise("header", 60) + "." + base64.RawURLEncoding.EncodeToString(claims) + "." + dense("signature", 342)}
	if e.cfg.WantsRenewal() {
		person.RefreshToken, person.AccessToken, person.AccessTokenExpiry = dense("refresh", 43), dense("access", 900), e.now().Add(time.Hour)
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, e.cfg.BaseURL, nil)
	if err != nil {
		return 0, err
	}
	answer := headersAlone{}
	if _, err := sessions.Start(answer, request, person); err != nil {
		return 0, err
	}
	size := 0
	for _, line := range answer.Header().Values("Set-Cookie") {
		size += len(line)
	}
	return size, nil
}

// noise is n hexadecimal digits without a pattern, always the same for a name.
func noise(name string, n int) string { return unlike(name, n, hex.EncodeToString) }

// dense is n characters of which none can be saved by compression.
func dense(name string, n int) string { return unlike(name, n, base64.RawURLEncoding.EncodeToString) }

func unlike(name string, n int, encode func([]byte) string) string {
	var text string
	for i := 0; len(text) < n; i++ {
		sum := sha256.Sum256([]byte(name + strconv.Itoa(i)))
		text += encode(sum[:])
	}
	return text[:n]
}

// headersAlone is an answer of which only the headers are kept.
type headersAlone http.Header

func (h headersAlone) Header() http.Header          { return http.Header(h) }
func (headersAlone) Write(body []byte) (int, error) { return len(body), nil }
func (headersAlone) WriteHeader(int)                {}
