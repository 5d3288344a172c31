package deploy_test

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// program returns the path of a program, also where a user's path does not lead. Without
// it the test fails, or is skipped with ALLOW_MISSING_TOOLS=1.
func program(t *testing.T, name, debianPackage string) string {
	t.Helper()
	for _, each := range []string{name, "/usr/sbin/" + name} {
		if path, err := exec.LookPath(each); err == nil {
			return path
		}
	}
	if os.Getenv("ALLOW_MISSING_TOOLS") == "1" {
		t.Skip(name + " is missing")
	}
	t.Fatalf("this test needs %s: install Debian's package %s", name, debianPackage)
	return ""
}

func read(t *testing.T, name string) string {
	t.Helper()
	content, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

func write(t *testing.T, name, content string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

// replaced is text with each old, which must be there, in place of its new.
func replaced(t *testing.T, text string, pairs ...string) string {
	t.Helper()
	for i := 0; i+1 < len(pairs); i += 2 {
		if !strings.Contains(text, pairs[i]) {
			t.Fatalf("there is no %q", pairs[i])
		}
		text = strings.ReplaceAll(text, pairs[i], pairs[i+1])
	}
	return text
}

func freePort(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	_, port, _ := net.SplitHostPort(listener.Addr().String())
	return port
}

// behind is an app that answers with large headers, and says what came. Whoever asks for
// a websocket gets a connection that says everything twice.
func behind(t *testing.T) *httptest.Server {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Upgrade") == "websocket" && r.Header.Get("Connection") != "" {
			sayTwice(t, w)
			return
		}
		for i := range 5 {
			w.Header().Add("Set-Cookie", fmt.Sprintf("session_%d=%s", i, strings.Repeat("x", 3900)))
		}
		fmt.Fprintf(w, "%s %s %d %s", r.Host, r.URL.Path, len(r.Header.Get("Cookie")), strings.Join(r.Header.Values("X-Forwarded-For"), ", "))
	}))
	t.Cleanup(server.Close)
	return server
}

// sayTwice switches protocols, and answers one line with two.
func sayTwice(t *testing.T, w http.ResponseWriter) {
	conn, buffered, err := http.NewResponseController(w).Hijack()
	if err != nil {
		t.Errorf("take over the connection: %v", err)
		return
	}
	defer conn.Close()
	fmt.Fprint(conn, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")
	if line, err := buffered.ReadString('\n'); err == nil {
		fmt.Fprint(conn, line, line)
	}
}

// TestNginx runs nginx with its file and sends 20 KB of headers each way, and a forged
// X-Forwarded-For.
func TestNginx(t *testing.T) {
	t.Parallel()
	nginx := program(t, "nginx", "nginx-light")
	dir, app := t.TempDir(), behind(t)
	pair := httptest.NewUnstartedServer(nil)
	pair.StartTLS()
	defer pair.Close()
	key, err := x509.MarshalPKCS8PrivateKey(pair.TLS.Certificates[0].PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "cert.pem"), string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: pair.Certificate().Raw})))
	write(t, filepath.Join(dir, "key.pem"), string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key})))
	plain, secure := freePort(t), freePort(t)
	site := replaced(t, read(t, "nginx.conf"), "listen 80;", "listen 127.0.0.1:"+plain+";", "listen 443 ", "listen 127.0.0.1:"+secure+" ",
		"/etc/nginx/tls/", dir+"/", "127.0.0.1:8080;\n    keepalive", app.Listener.Addr().String()+";\n    keepalive")
	settings := filepath.Join(dir, "nginx.conf")
	write(t, settings, "daemon off; pid "+dir+"/pid; error_log stderr; events {} http { access_log off; client_body_temp_path "+dir+"; proxy_temp_path "+dir+"; fastcgi_temp_path "+dir+"; uwsgi_temp_path "+dir+"; scgi_temp_path "+dir+";\n"+site+"\n}")
	if output, err := exec.CommandContext(t.Context(), nginx, "-t", "-p", dir, "-c", settings).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, output)
	}
	server := exec.Command(nginx, "-p", dir, "-c", settings)
	server.Stderr = t.Output()
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = server.Process.Signal(os.Interrupt)
		_ = server.Wait()
	})
	for _, protocol := range []int{1, 2} {
		throughProxy(t, "https://127.0.0.1:"+secure, protocol)
	}
	websocketThroughProxy(t, "https://127.0.0.1:"+secure)
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://127.0.0.1:"+plain+"/greet?a=b", nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Host = "app.example.com"
	redirect := eventually(t, func() (*http.Response, error) { return asker(1).Do(request) })
	redirect.Body.Close()
	if got := redirect.Header.Get("Location"); redirect.StatusCode != http.StatusPermanentRedirect || got != "https://app.example.com/greet?a=b" {
		t.Errorf("plain http: status %d to %s", redirect.StatusCode, got)
	}
}

// asker is a browser that speaks that version of HTTP and follows no redirect.
func asker(protocol int) *http.Client {
	return &http.Client{
		Transport:     &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, ForceAttemptHTTP2: protocol == 2, MaxResponseHeaderBytes: 1 << 20},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// throughProxy sends a request as people of many groups do, with a forged
// X-Forwarded-For, to a proxy before the app of behind.
func throughProxy(t *testing.T, address string, protocol int) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address+"/portal/greet", nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Host = "app.example.com"
	request.Header.Set("X-Forwarded-For", "203.0.113.7")
	for i := range 5 {
		request.AddCookie(&http.Cookie{Name: fmt.Sprintf("session_%d", i), Value: strings.Repeat("x", 3900)})
	}
	client := asker(protocol)
	defer client.CloseIdleConnections()
	resp := eventually(t, func() (*http.Response, error) { return client.Do(request) })
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK || resp.ProtoMajor != protocol || len(resp.Header.Values("Set-Cookie")) != 5 {
		t.Errorf("status %d by %s, %d cookies, %v: %.200s", resp.StatusCode, resp.Proto, len(resp.Header.Values("Set-Cookie")), err, body)
	}
	if want := fmt.Sprintf("app.example.com /portal/greet %d 127.0.0.1", len(request.Header.Get("Cookie"))); string(body) != want {
		t.Errorf("the app got %.200s, want %s", body, want)
	}
}

// websocketThroughProxy has the app switch protocols, and talks with it.
func websocketThroughProxy(t *testing.T, address string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address+"/live", nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Host = "app.example.com"
	request.Header.Set("Connection", "Upgrade")
	request.Header.Set("Upgrade", "websocket")
	resp := eventually(t, func() (*http.Response, error) { return asker(1).Do(request) })
	defer resp.Body.Close()
	conn, ok := resp.Body.(io.ReadWriteCloser)
	if resp.StatusCode != http.StatusSwitchingProtocols || !ok {
		t.Errorf("a websocket is answered with %d", resp.StatusCode)
		return
	}
	if _, err := io.WriteString(conn, "hello\n"); err != nil {
		t.Fatal(err)
	}
	if said, err := io.ReadAll(conn); err != nil || string(said) != "hello\nhello\n" {
		t.Errorf("the app says %q, %v", said, err)
	}
}

// eventually asks until somebody answers.
func eventually(t *testing.T, ask func() (*http.Response, error)) *http.Response {
	t.Helper()
	deadline := time.Now().Add(20 * time.Second)
	for {
		resp, err := ask()
		if err == nil {
			return resp
		}
		if time.Now().After(deadline) {
			t.Fatal(err)
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// TestCaddy has Caddy read its file, and serve it without TLS.
func TestCaddy(t *testing.T) {
	t.Parallel()
	caddy := program(t, "caddy", "caddy")
	home := t.TempDir()
	environ := append(os.Environ(), "HOME="+home, "XDG_DATA_HOME="+home, "XDG_CONFIG_HOME="+home)
	validate := exec.CommandContext(t.Context(), caddy, "validate", "--config", "Caddyfile", "--adapter", "caddyfile")
	validate.Env = environ
	if output, err := validate.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, output)
	}
	app, port := behind(t), freePort(t)
	settings := filepath.Join(home, "Caddyfile")
	site := replaced(t, read(t, "Caddyfile"), "app.example.com {", "http://app.example.com:"+port+" {\n\tbind 127.0.0.1", "\treverse_proxy 127.0.0.1:8080 {", "\treverse_proxy "+app.Listener.Addr().String()+" {")
	write(t, settings, "{\n\tadmin off\n}\n"+site)
	server := exec.Command(caddy, "run", "--config", settings, "--adapter", "caddyfile")
	server.Env = environ
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = server.Process.Signal(os.Interrupt)
		_ = server.Wait()
	})
	throughProxy(t, "http://127.0.0.1:"+port, 1)
	websocketThroughProxy(t, "http://127.0.0.1:"+port)
}

// TestSystemdUnit has systemd read the unit and judge its sandbox.
func TestSystemdUnit(t *testing.T) {
	t.Parallel()
	analyze := program(t, "systemd-analyze", "systemd")
	unit := filepath.Join(t.TempDir(), "okta-gin.service")
	write(t, unit, replaced(t, read(t, "okta-gin.service"), "/usr/local/bin/okta-gin", "/bin/true"))
	for _, args := range [][]string{{"verify", "--man=no", unit}, {"security", "--offline=yes", "--threshold=20", "--no-pager", unit}} {
		output, err := exec.CommandContext(t.Context(), analyze, args...).CombinedOutput()
		if err != nil || args[0] == "verify" && strings.Contains(string(output), unit) {
			t.Errorf("systemd-analyze %s: %v\n%s", args[0], err, output)
		}
	}
}
