package session_test

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"example.com/okta-gin/session"
)

// adasTokens is a session as Okta's answers make it: the claims of the ID token and
// of userinfo, and with refresh the tokens of offline_access.
func adasTokens(t testing.TB, groups int, refresh bool) session.Session {
	claims := map[string]any{
		"sub": "00u1a2b3c4d5e6f7g8h9", "name": "Ada Lovelace-Byron", "email": "ada.lovelace@example.com", "ver": 1,
		"iss": "https://dev-12345678.okta.com/oauth2/default", "aud": "0oa1b2c3d4e5f6g7h8i9", "iat": 1767323045, "exp": 1767326645,
		"jti": "ID." + randomText(), "amr": []string{"mfa", "otp", "pwd"}, "idp": "00o1a2b3c4d5e6f7g8h9", "nonce": randomText(),
		"preferred_username": "ada.lovelace@example.com", "auth_time": 1767323040, "at_hash": randomText()[:22], "sid": "102aBcDeFgHiJkLmNoPqRsTuV",
	}
	var names []string
	for i := range groups {
		names = append(names, fmt.Sprintf("APP-%s-%s-%04d", []string{"Entwicklung", "Marketing", "研究開発", "Vertrieb"}[i%4], []string{"Admins", "Users", "Readers"}[i%3], i*7919%10_000))
	}
	if groups > 0 {
		claims["groups"] = names
	}
	s := session.Session{Subject: "00u1a2b3c4d5e6f7g8h9", IDToken: jwt(t, claims), OktaSession: "102aBcDeFgHiJkLmNoPqRsTuV"}
	for name, value := range map[string]any{"locale": "en_US", "given_name": "Ada", "family_name": "Lovelace-Byron",
		"zoneinfo": "America/Los_Angeles", "updated_at": 1767000000, "email_verified": true} {
		claims[name] = value
	}
	var err error
	if s.Claims, err = json.Marshal(claims); err != nil {
		t.Fatal(err)
	}
	if refresh {
		s.RefreshToken, s.AccessTokenExpiry = randomText(), time.Now()
		s.AccessToken = jwt(t, map[string]any{
			"ver": 1, "jti": "AT." + randomText() + ".oar1a2b3c4d5e6f7g8h9", "iss": claims["iss"], "aud": "api://default", "iat": 1767323045, "exp": 1767326645,
			"cid": claims["aud"], "uid": claims["sub"], "scp": []string{"openid", "profile", "email", "offline_access"}, "auth_time": 1767323040, "sub": claims["email"],
		})
	}
	return s
}

// jwt looks like a token that RS256 signs.
func jwt(t testing.TB, claims map[string]any) string {
	t.Helper()
	payload, err := json.Marshal(claims)
	if err != nil {
		t.Fatal(err)
	}
	signature := make([]byte, 256)
	_, _ = rand.Read(signature)
	text := base64.RawURLEncoding.EncodeToString
	return text([]byte(`{"kid":"`+randomText()+`","alg":"RS256"}`)) + "." + text(payload) + "." + text(signature)
}

// TestSessionsAreSmall: servers in front of us take 4 KB of headers in an answer, unless
// told otherwise; cookies share them with the security headers. Both the answer to a
// sign-in and the one that slides have the bytes below, with all attributes.
func TestSessionsAreSmall(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		groups  int
		refresh bool
		most    int
	}{
		{0, false, 1250}, {0, true, 1900}, {10, true, 2100}, {20, true, 2250}, {30, true, 2600}, {100, true, 3100},
	} {
		t.Run(fmt.Sprintf("%d groups, refresh %v", tt.groups, tt.refresh), func(t *testing.T) {
			t.Parallel()
			clock := newClock()
			o := options(clock)
			o.Secure = true
			a, b := newApp(newCookies(t, o)), newBrowser()
			want := adasTokens(t, tt.groups, tt.refresh)
			signIn := b.signIn(t, a, want)
			clock.Add(idle / 2)
			s, slide, err := b.get(a)
			if err != nil || s.IDToken != want.IDToken || s.AccessToken != want.AccessToken || s.RefreshToken != want.RefreshToken || string(s.Claims) != string(want.Claims) {
				t.Fatalf("%v: the session changed", err)
			}
			for answer, cookies := range map[string]int{"sign-in": headerBytes(signIn), "slide": headerBytes(slide)} {
				if cookies > tt.most || cookies == 0 {
					t.Errorf("%s: %d bytes of Set-Cookie, want at most %d", answer, cookies, tt.most)
				}
			}
		})
	}
}

// TestTokensComeBack: whatever a token looks like, its letters stay the same.
func TestTokensComeBack(t *testing.T) {
	t.Parallel()
	onBothStores(t, func(t *testing.T, open func(session.Options) *session.Sessions) {
		a := newApp(open(options(newClock())))
		for _, token := range []string{
			"", ".", "..", "a", "YQ", "YR", "YQ==", "YQ.", ".YQ", "YQ.YQ.YQ.YQ.YQ", "YQ\n", "YQ.Y\r", "ä", "\xff\xfe", "a b", "-_-_", "+/+/",
			"1.2.3.4.5.6.7.8.9.10.11.12.13.14.15.16.17.18", randomText(), jwt(t, map[string]any{"sub": "a"}),
		} {
			b, s := newBrowser(), ann()
			s.IDToken, s.AccessToken, s.RefreshToken = token, token, token
			b.signIn(t, a, s)
			if got := b.wantSignedIn(t, a); got.IDToken != token || got.AccessToken != token || got.RefreshToken != token {
				t.Errorf("%q came back as %q", token, got.IDToken)
			}
		}
	})
}

// randomText returns 256 random bits, base64url.
func randomText() string {
	b := make([]byte, 32)
	_, _ = rand.Read(b)
	return base64.RawURLEncoding.EncodeToString(b)
}
