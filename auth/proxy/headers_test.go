package proxy_test

import (
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"example.com/okta-gin/config/proxyroute"
)

// TestWhatTheServiceSees holds that a browser can't say who it is, from where it comes
// or which other path it means, and that all else passes.
func TestWhatTheServiceSees(t *testing.T) {
	t.Parallel()
	service := &seen{}
	a := start(t, service, setup{})
	kept := []string{
		"Accept", "application/json", "Accept-Language", "de", "Content-Type", "application/json", "If-None-Match", `"x"`, "Range", "bytes=0-1",
		"Traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "X-Api-Key", "k", "X-Csrf", "1", "User-Agent", "a browser", "Origin", site,
		"Idempotency-Key", "7", "X-Requested-With", "fetch",
	}
	gone := []string{}
	for _, name := range []string{
		"Authorization", "Proxy-Authorization", "DPoP", "Cookie2", "Client-Cert", "X-Access-Token", "X-SSL-Client-Verify", "SSL-Client-S-DN",
		"Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-User", "X-Forwarded-Email", "X-Forwarded-Access-Token",
		"X-Forwarded-Client-Cert", "X-Forwarded", "X-Real-IP", "X-Client-IP", "Client-IP", "True-Client-IP", "CF-Connecting-IP", "X-Cluster-Client-IP",
		"X-Original-URL", "X-Original-Host", "X-Original-Forwarded-For", "X-Rewrite-URL", "X-Host", "X-Envoy-External-Address", "HTTP2-Settings", "Via", "CDN-Loop",
		"X-User", "X-User-Id", "X-Username", "X-Userid", "X-Remote-User", "Remote-User", "Remote-Groups", "X-Remote-Group", "X-Auth-Request-User", "X-Auth-Token",
		"X-WebAuth-User", "X-Authenticated-Userid", "X-authentik-username", "X-Consumer-Username", "X-Credential-Identifier", "X-Goog-Authenticated-User-Email",
		"X-Goog-IAP-JWT-Assertion", "X-Amzn-Oidc-Identity", "X-MS-Client-Principal-Name", "Cf-Access-Jwt-Assertion", "X-Pomerium-Jwt-Assertion",
		"Tailscale-User-Login", "Impersonate-User", "Impersonate-Extra-Scopes", "X_Forwarded_For", "X_Real_Ip", "Remote_User", "X.Remote.User", "x-user_id", "Referer",
		"Forwarded-For", "Forwarded_For_IP", "Proxy-Client-IP", "WL-Proxy-Client-IP", "X-Originating-IP", "X-ARR-ClientCert", "X-Client-Verify", "X-Client-DN",
		"OIDC_CLAIM_sub", "OIDC-Claim-Email", "OIDC_access_token", "Shib-Session-ID", "SM_USER", "Sm-Universalid", "SMUSER", "iv-user", "iv-groups", "iv-creds",
		"OAM_REMOTE_USER", "X-Endpoint-API-UserInfo", "X-Apigateway-Api-Userinfo", "X-Vouch-User", "Teleport-Jwt-Assertion", "Proxy",
		"Remote~User", "X!Remote+User", "X*Forwarded'For",
	} {
		gone = append(gone, name, "forged")
	}
	r := a.request(http.MethodPost, route+"/7?q=1", strings.NewReader("{}"), append(slices.Clone(kept), gone...)...)
	r.Header["Cookie"] = []string{"__Host-okta_session=a; theme=dark", "okta_session_attempt_x=y;\tb=c"}
	if reply := a.send(r); reply.StatusCode != http.StatusOK || reply.body != "served" {
		t.Fatalf("%d: %s", reply.StatusCode, reply.body)
	}
	got := service.last()
	for i := 0; i < len(kept); i += 2 {
		if value := got.Header.Get(kept[i]); value != kept[i+1] {
			t.Errorf("%s is %q at the service", kept[i], value)
		}
	}
	for name, values := range got.Header {
		if slices.ContainsFunc(values, func(v string) bool { return strings.Contains(v, "forged") }) {
			t.Errorf("the browser's %s is at the service: %q", name, values)
		}
	}
	for name, want := range map[string]string{
		"Authorization": "Bearer " + token, "Cookie": "", "Forwarded": `for=127.0.0.1;host="app.example.com";proto=https`, "Via": "1.1 okta-gin", "Te": "",
	} {
		if values := got.Header.Values(name); strings.Join(values, "|") != want {
			t.Errorf("%s is %q, want %q", name, values, want)
		}
	}
	if got.Host != strings.TrimPrefix(a.service, "http://") {
		t.Errorf("Host is %q", got.Host)
	}
}

// TestHopByHop holds that what speaks of one hop goes no further, and that a browser's
// Connection takes nothing away that the app adds.
func TestHopByHop(t *testing.T) {
	t.Parallel()
	service := &seen{}
	a := start(t, service, setup{})
	conn, answer := a.dial("POST " + route + " HTTP/1.1\r\nHost: app.example.com\r\nSec-Fetch-Mode: cors\r\nSec-Fetch-Site: same-origin\r\n" +
		"Connection: close, Authorization, Forwarded, Via, Content-Length, X-Hop\r\nConnection: Host, Cookie\r\nX-Hop: 1\r\nKeep-Alive: timeout=5\r\nProxy-Connection: keep-alive\r\n" +
		"TE: trailers, deflate\r\nTrailer: Authorization\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\nTransfer-Encoding: chunked\r\n\r\n" +
		"2\r\nhi\r\n0\r\nAuthorization: Bearer forged\r\n\r\n")
	defer conn.Close()
	resp, err := http.ReadResponse(answer, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if body, _ := io.ReadAll(resp.Body); resp.StatusCode != http.StatusOK || string(body) != "served" {
		t.Fatalf("%d: %s", resp.StatusCode, body)
	}
	got := service.last()
	for _, name := range []string{"X-Hop", "Keep-Alive", "Proxy-Connection", "Te", "Upgrade", "Http2-Settings", "Connection"} {
		if values, there := got.Header[name]; there {
			t.Errorf("%s: %q went on", name, values)
		}
	}
	if service.bodies[0] != "hi" || len(got.Trailer) > 0 {
		t.Errorf("body %q, trailers %v", service.bodies[0], got.Trailer)
	}
	if got.Header.Get("Authorization") != "Bearer "+token || got.Header.Get("Forwarded") == "" || got.Header.Get("Via") == "" {
		t.Errorf("Connection took away what the app adds: %v", got.Header)
	}
}

// TestWhatTheBrowserSees holds that a service can't speak for the app's origin, and hands
// out no token.
func TestWhatTheBrowserSees(t *testing.T) {
	t.Parallel()
	kept := map[string]string{
		"Content-Type": "text/html", "Etag": `"1"`, "X-Total": "7", "Link": `</v1/orders?page=2>; rel="next"`, "Retry-After": "3",
		"Content-Disposition": "attachment", "Vary": "Accept", "X-Accel-Buffering": "no",
	}
	service := &seen{answer: func(w http.ResponseWriter, _ *http.Request) {
		for name, value := range kept {
			w.Header().Set(name, value)
		}
		for _, name := range []string{
			"Authorization", "DPoP", "DPoP-Nonce", "Authentication-Info", "Proxy-Authenticate", "Clear-Site-Data", "Strict-Transport-Security", "Alt-Svc",
			"Service-Worker-Allowed", "NEL", "Report-To", "Reporting-Endpoints", "Refresh", "Content-Security-Policy", "X-Frame-Options", "Permissions-Policy",
			"Access-Control-Allow-Origin", "Access-Control-Allow-Credentials", "Cross-Origin-Opener-Policy", "Cache-Control", "Expires", "X-Accel-Redirect",
			"X-Sendfile", "X-Request-Id", "Sec-Session-Registration", "X-Content-Type-Options", "Set-Login", "Trailer",
		} {
			w.Header().Set(name, "forged")
		}
		w.Header()["Set-Cookie"] = []string{"__Host-okta_session=forged; Path=/", "okta_session_attempt_1=forged", "theme=forged", " =forged", "forged"}
		w.Header()["Www-Authenticate"] = []string{`Basic realm="forged"`, "Negotiate", `Bearer error="insufficient_scope", scope="a b"`, `Bearer a=b, Basic realm="forged"`}
		w.WriteHeader(http.StatusEarlyHints) // clears nothing of the app's own
		io.WriteString(w, "<script>alert(1)</script>")
		w.Header().Set(http.TrailerPrefix+"Set-Cookie", "okta_session=forged")
	}}
	a := start(t, service, setup{})
	got := a.do(http.MethodGet, route, nil)
	for name, want := range kept {
		if got.Header.Get(name) != want {
			t.Errorf("%s is %q, want %q", name, got.Header.Get(name), want)
		}
	}
	for _, headers := range []http.Header{got.Header, got.Trailer} {
		for name, values := range headers {
			if slices.ContainsFunc(values, func(v string) bool { return strings.Contains(v, "forged") }) {
				t.Errorf("the service's %s is at the browser: %q", name, values)
			}
		}
	}
	for name, want := range map[string]string{
		"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "Www-Authenticate": `Bearer error="insufficient_scope", scope="a b"`,
		"Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
	} {
		if values := got.Header.Values(name); strings.Join(values, "|") != want {
			t.Errorf("%s is %q, want %q", name, values, want)
		}
	}
	if got.Header.Get("X-Request-Id") == "" {
		t.Error("the app's own headers are gone")
	}
	if strings.Contains(a.logs.String(), token) || strings.Contains(got.body, token) {
		t.Error("the access token is in the log or in the answer")
	}
}

// TestCookiesByName holds that cookies pass both ways where the route names them, and
// that no other does, whatever it looks like.
func TestCookiesByName(t *testing.T) {
	t.Parallel()
	service := &seen{answer: func(w http.ResponseWriter, _ *http.Request) {
		w.Header()["Set-Cookie"] = []string{"lb=2; Path=/", "LB=3", "okta_session=x", "lbx=4", "lb =5"}
	}}
	a := start(t, service, setup{to: proxyroute.Upstream{Cookies: []string{"lb"}}})
	r := a.request(http.MethodGet, route, nil)
	r.Header["Cookie"] = []string{"okta_session=a; lb=1; \u00a0lb=9; LB=7; xlb=1; lb", " lb = 8;okta_session_1=lb=1"}
	got := a.send(r)
	if cookie := service.last().Header.Values("Cookie"); len(cookie) != 1 || cookie[0] != "lb=1" {
		t.Errorf("the service sees %q", cookie)
	}
	if lines := got.Header.Values("Set-Cookie"); !slices.Equal(lines, []string{"lb=2; Path=/", "lb =5"}) {
		t.Errorf("the browser is to keep %q", lines)
	}
}

// TestRedirects holds that the app follows none, leads those below the service's path
// back to itself, and lets none lead a script elsewhere.
func TestRedirects(t *testing.T) {
	t.Parallel()
	var where string
	status := http.StatusFound
	service := &seen{}
	service.answer = func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Location", strings.ReplaceAll(where, "SERVICE", r.Host))
		w.WriteHeader(status)
	}
	a := start(t, service, setup{site: site + "/portal"})
	tests := []struct{ where, want string }{
		{"/v1/orders/7?a=b#c", "/portal" + route + "/7?a=b#c"},
		{"http://SERVICE/v1/orders", "/portal" + route},
		{"8", "/portal" + route + "/8"},
		{"?page=2", "/portal" + route + "/list?page=2"},
		{"../orders/9", "/portal" + route + "/9"},
		{"/v1/ordersX", ""},
		{"/v2/orders", ""},
		{"..", ""},
		{"/v1/orders/..%2f..%2fadmin", ""},
		{"/v1/orders/%0d%0aSet-Cookie:%20a=b", ""},
		{"https://SERVICE/v1/orders", ""},
		{"http://u@SERVICE/v1/orders", ""},
		{"https://evil.test/v1/orders", ""},
		{"//evil.test/v1/orders", ""},
		{"javascript:alert(1)", ""},
		{"http://SERVICE:1/v1/orders", ""},
		{"://", ""},
	}
	for _, test := range tests {
		where, status = test.where, http.StatusFound
		before := service.count()
		got := a.do(http.MethodGet, route+"/list", nil)
		if service.count() != before+1 {
			t.Errorf("%s: was followed", test.where)
		}
		if test.want == "" {
			got.refuses(t, http.StatusBadGateway, "service_redirects")
		} else if got.StatusCode != http.StatusFound {
			t.Errorf("%s: status %d", test.where, got.StatusCode)
		}
		if got.Header.Get("Location") != test.want {
			t.Errorf("%s: leads to %q, want %q", test.where, got.Header.Get("Location"), test.want)
		}
		status = http.StatusCreated
		if got := a.do(http.MethodPost, route+"/list", nil); got.StatusCode != http.StatusCreated || got.Header.Get("Location") != test.want {
			t.Errorf("%s, created: %d, %q", test.where, got.StatusCode, got.Header.Get("Location"))
		}
	}
}

// TestSmuggling holds that a request is one request to the service too, whatever its
// framing says, or none.
func TestSmuggling(t *testing.T) {
	t.Parallel()
	service := &seen{}
	a := start(t, service, setup{})
	const smuggled = "GET /v1/orders/smuggled HTTP/1.1\r\nHost: x\r\n\r\n"
	for name, framing := range map[string]string{
		"both lengths":           "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
		"two lengths":            "Content-Length: 0\r\nContent-Length: 44\r\n\r\n",
		"a list of lengths":      "Content-Length: 0, 44\r\n\r\n",
		"a length with a sign":   "Content-Length: +0\r\n\r\n",
		"an unknown coding":      "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
		"chunked and more":       "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
		"chunked twice":          "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
		"a blank before a colon": "Transfer-Encoding : chunked\r\nContent-Length: 0\r\n\r\n0\r\n\r\n",
		"a folded line":          "X: y\r\n Transfer-Encoding: chunked\r\nContent-Length: 0\r\n\r\n0\r\n\r\n",
		"a vertical tab":         "Transfer-Encoding: \x0bchunked\r\nContent-Length: 0\r\n\r\n0\r\n\r\n",
		"a bare CR in a value":   "X: a\rTransfer-Encoding: chunked\r\nContent-Length: 0\r\n\r\n",
		"a bare LF in a value":   "X: a\nX-User: root\r\nContent-Length: 0\r\n\r\n",
		"a NUL":                  "X: a\x00b\r\nContent-Length: 0\r\n\r\n",
		"a bad chunk":            "Transfer-Encoding: chunked\r\n\r\n0x0\r\n\r\n",
		"a chunk too long":       "Transfer-Encoding: chunked\r\n\r\nffffffffffffffff1\r\n\r\n",
		"a chunk's extension":    "Transfer-Encoding: chunked\r\n\r\n0;\n\r\n\r\n",
	} {
		conn, answer := a.dial("POST " + route + " HTTP/1.1\r\nHost: app.example.com\r\nSec-Fetch-Mode: cors\r\nSec-Fetch-Site: same-origin\r\nConnection: close\r\n" + framing + smuggled)
		_, _ = io.ReadAll(answer)
		conn.Close()
		next, answer := a.dial("GET " + route + "/after HTTP/1.1\r\nHost: app.example.com\r\nSec-Fetch-Mode: cors\r\nSec-Fetch-Site: same-origin\r\nConnection: close\r\n\r\n")
		if resp, err := http.ReadResponse(answer, nil); err != nil || resp.StatusCode != http.StatusOK {
			t.Errorf("%s: the next request: %v", name, err)
		}
		next.Close()
	}
	service.mu.Lock()
	defer service.mu.Unlock()
	for _, r := range service.requests {
		if strings.Contains(r.RequestURI, "smuggled") || r.Header.Get("X-User") != "" {
			t.Errorf("the service was asked for %s with %v", r.RequestURI, r.Header)
		}
	}
	for _, body := range service.bodies {
		if strings.Contains(body, "smuggled") {
			t.Errorf("a body is %q", body)
		}
	}
}
