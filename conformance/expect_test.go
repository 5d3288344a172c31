package conformance_test

import (
	"crypto/sha256"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"example.com/okta-gin/mockokta"
)

// accepted demands that a is the page that was asked for, with the module's person signed in.
func (r *run) accepted(a answer, path string) {
	r.Helper()
	if a.StatusCode != http.StatusOK || a.Request.URL.RequestURI() != path {
		r.Fatalf("status %d at %s, want %s: %s", a.StatusCode, a.Request.URL, path, a.body)
	}
	if got := r.claim("sub"); got != subject {
		r.Errorf("%q is signed in, want %q", got, subject)
	}
}

// unverified heads the page that says that the provider's answer was not believed.
const unverified = "Okta's answer could not be verified"

// refused demands that a is a page with that heading which says why nobody is signed in, and that nobody is.
func (r *run) refused(a answer, status int, heading string) {
	r.Helper()
	if a.StatusCode != status || !strings.HasPrefix(a.Header.Get("Content-Type"), "text/html") || a.Header.Get("Cache-Control") != "no-store" {
		r.Fatalf("status %d, want %d; headers %v: %s", a.StatusCode, status, a.Header, a.body)
	}
	page := a.page(r)
	if got := page.Find(".problem h1").Text(); got != heading || page.Find(".problem .lead").Text() == "" {
		r.Errorf("heading %q, want %q, and an explanation: %s", got, heading, a.body)
	}
	if page.Find(".problem .actions a[href]").Length() == 0 {
		r.Errorf("there is no way on: %s", a.body)
	}
	if profile := r.browser.get(profilePath); profile.StatusCode == http.StatusOK {
		r.Errorf("somebody is signed in: %s", profile.body)
	}
}

// claim is what the profile page shows of a claim; "" if it does not.
func (r *run) claim(name string) string {
	r.Helper()
	return strings.TrimSpace(r.browser.get(profilePath).page(r).Find("#claim-" + name).Text())
}

// asked demands how often each endpoint was asked.
func (r *run) asked(token, userinfo int) {
	r.Helper()
	for endpoint, want := range map[string]int{"token": token, "userinfo": userinfo} {
		if got := len(r.record.of(endpoint)); got != want {
			r.Errorf("%d requests to %s, want %d", got, endpoint, want)
		}
	}
	r.proper()
}

// urlSafe is what the suite takes as nonce: up to 256 bits in characters that no URL changes.
var urlSafe = regexp.MustCompile(`^[A-Za-z0-9._~-]{1,43}$`)

// proper demands of every request so far what the suite demands in every module.
func (r *run) proper() {
	r.Helper()
	seen := r.record.all()
	if len(seen) == 0 || seen[0].endpoint != "discovery" {
		r.Errorf("the metadata were not asked for first: %v", seen)
	}
	authorize := r.record.of("authorize")
	for _, req := range authorize {
		r.properAuthorize(req)
	}
	for _, req := range r.record.of("token") {
		r.properToken(req, authorize)
	}
	for _, req := range r.record.of("userinfo") {
		r.properUserinfo(req)
	}
}

func (r *run) properAuthorize(req request) {
	r.Helper()
	for name, want := range map[string]string{
		"response_type": "code", "client_id": mockokta.DefaultClientID, "redirect_uri": r.URL + callbackPath,
		"response_mode": r.responseMode, "code_challenge_method": "S256",
	} {
		if got := req.query[name]; !slices.Equal(got, []string{want}) {
			r.Errorf("authorize: %s is %q, want %q", name, got, want)
		}
	}
	if scopes := strings.Fields(req.query.Get("scope")); !slices.Contains(scopes, "openid") {
		r.Errorf("authorize: scope %q lacks openid", scopes)
	}
	if req.query.Has("request") || req.query.Has("request_uri") || req.query.Get("max_age") == "0" && req.query.Get("prompt") == "none" {
		r.Errorf("authorize: %v", req.query)
	}
	if nonce := req.query.Get("nonce"); !urlSafe.MatchString(nonce) {
		r.Errorf("authorize: nonce %q", nonce)
	}
	if state := req.query.Get("state"); state == "" {
		r.Error("authorize: no state")
	}
}

func (r *run) properToken(req request, authorize []request) {
	r.Helper()
	basic := http.Request{Header: req.header}
	id, secret, ok := basic.BasicAuth()
	id, _ = url.QueryUnescape(id)
	secret, _ = url.QueryUnescape(secret)
	if !ok || id != mockokta.DefaultClientID || secret != mockokta.DefaultClientSecret || req.form.Has("client_secret") || req.form.Has("client_assertion") {
		r.Errorf("token: the client is %q by %v", id, req.form)
	}
	if req.form.Has("client_id") && req.form.Get("client_id") != mockokta.DefaultClientID {
		r.Errorf("token: client_id %q", req.form.Get("client_id"))
	}
	if req.method != http.MethodPost || req.form.Get("grant_type") != "authorization_code" || req.form.Get("code") == "" || req.form.Get("redirect_uri") != r.URL+callbackPath {
		r.Errorf("token: %s %v", req.method, req.form)
	}
	sum := sha256.Sum256([]byte(req.form.Get("code_verifier")))
	if !slices.ContainsFunc(authorize, func(a request) bool { return a.query.Get("code_challenge") == encoded(sum[:]) }) {
		r.Errorf("token: code_verifier %q fits no code_challenge", req.form.Get("code_verifier"))
	}
}

func (r *run) properUserinfo(req request) {
	r.Helper()
	if scheme, token, _ := strings.Cut(req.header.Get("Authorization"), " "); scheme != "Bearer" || token == "" || req.query.Has("access_token") || req.form.Has("access_token") {
		r.Errorf("userinfo: %s %v, %v", req.header.Get("Authorization"), req.query, req.form)
	}
}
