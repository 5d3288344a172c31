package e2e_test

import (
	"context"
	"crypto/sha256"
	"fmt"
	"html"
	"io"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
	"github.com/gin-gonic/gin"

	"example.com/okta-gin/auth"
	"example.com/okta-gin/config"
	"example.com/okta-gin/mockokta"
)

// formHost is an app with a page on which there is a form, and what it was sent last.
type formHost struct{ URL string }

const formPage = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Report</title><link rel="icon" href="data:,"></head><body><main><h1>Report</h1>
<form method="post" action="/report?draft=1" enctype="%s">
<p><label>Title <input id="title" name="title"></label></p>
<p><label>Text <textarea id="text" name="text"></textarea></label></p>
<p><label>Password <input id="password" name="password" type="password"></label></p>
<p><label>File <input id="file" name="file" type="file"></label></p>
<p><button id="send">Send</button></p></form></main></body></html>`

func startFormHost(t *testing.T) *formHost {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	h := &formHost{URL: fmt.Sprintf("http://localhost:%d", listener.Addr().(*net.TCPAddr).Port)}
	org, err := mockokta.Start(mockokta.Options{Clients: []mockokta.Client{mockokta.WebClient(h.URL)}, Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { org.Close() })
	cfg, err := config.Load(map[string]string{
		"BASE_URL": h.URL, "OKTA_OAUTH2_ISSUER": org.Issuer(), "OKTA_OAUTH2_CLIENT_ID": mockokta.DefaultClientID,
		"OKTA_OAUTH2_CLIENT_SECRET": mockokta.DefaultClientSecret, "STATE_FILE": filepath.Join(t.TempDir(), "state"),
	})
	if err != nil {
		t.Fatal(err)
	}
	okta, err := auth.New(cfg, auth.Options{Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { okta.Close() })
	gin.SetMode(gin.ReleaseMode)
	engine := gin.New()
	if err := okta.Mount(engine); err != nil {
		t.Fatal(err)
	}
	page := func(kind string) gin.HandlerFunc {
		return func(c *gin.Context) {
			c.Data(http.StatusOK, "text/html; charset=utf-8", fmt.Appendf(nil, formPage, kind))
		}
	}
	engine.GET("/plain", okta.RequireLogin(), page("application/x-www-form-urlencoded"))
	engine.GET("/files", okta.RequireLogin(), page("multipart/form-data"))
	engine.POST("/report", okta.RequireLogin(), func(c *gin.Context) {
		said := fmt.Sprintf("%s|%q|%s", c.PostForm("title"), c.PostForm("text"), c.PostForm("password"))
		if file, err := c.FormFile("file"); err == nil {
			f, err := file.Open()
			if err != nil {
				c.String(http.StatusInternalServerError, "%v", err)
				return
			}
			defer f.Close()
			sum := sha256.New()
			io.Copy(sum, f)
			said += fmt.Sprintf("|%s %x", file.Filename, sum.Sum(nil))
		}
		c.Data(http.StatusOK, "text/html; charset=utf-8", []byte(`<!doctype html><html lang="en"><title>Sent</title><link rel="icon" href="data:,"><h1>Sent</h1><p id="said">`+html.EscapeString(said)+`</p>`))
	})
	server := &http.Server{Handler: engine}
	go server.Serve(listener)
	t.Cleanup(func() { server.Close() })
	return h
}

// loseSession is what the browser does at a session's end: it drops its cookie.
func (b *tab) loseSession(url string) {
	b.t.Helper()
	for _, c := range b.cookies(url) {
		if strings.HasPrefix(c.Name, "okta_session_") && !strings.HasSuffix(c.Name, "_person") {
			b.do("drop "+c.Name, chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
				_, err := cdp.Call(ctx, t, network.DeleteCookies, network.DeleteCookiesParams{Name: c.Name, URL: url})
				return err
			}))
		}
	}
}

// TestFormSurvivesInABrowser fills in a form, loses the session, sends it, signs in again
// and sends it on, with scripts and without.
func TestFormSurvivesInABrowser(t *testing.T) {
	t.Parallel()
	h := startFormHost(t)
	file := filepath.Join(t.TempDir(), "photo of Ada.bin")
	content := make([]byte, 300_000)
	for i := range content {
		content[i] = byte(i * 7)
	}
	if err := os.WriteFile(file, content, 0o600); err != nil {
		t.Fatal(err)
	}
	text := "Dear all,\n<b>ünï</b> & " + strings.Repeat("more ", 60)
	const password = "hunter2 of Ada"
	for _, kind := range []string{"plain", "files"} {
		for _, scripts := range []bool{true, false} {
			t.Run(fmt.Sprintf("%s, scripts %v", kind, scripts), func(t *testing.T) {
				t.Parallel()
				b := newTab(t)
				if !scripts {
					b.withoutScripts()
				}
				b.open(h.URL + "/" + kind)
				b.signIn(ada)
				b.waitURL(h.URL + "/" + kind)
				b.fill("#title", "Trip")
				b.fill("#text", text)
				b.fill("#password", password)
				want := fmt.Sprintf("Trip|%q|%s", strings.ReplaceAll(text, "\n", "\r\n"), password)
				if kind == "files" {
					b.choose("#file", file)
					want += fmt.Sprintf("|photo of Ada.bin %x", sha256.Sum256(content))
				}
				b.loseSession(h.URL)
				b.click("#send")
				b.waitFor("form#kept-form") // Okta still knows who it is
				if got := b.text("main"); !strings.Contains(got, h.URL+"/report?draft=1") || !strings.Contains(got, "Trip") || strings.Contains(got, password) || kind == "files" && !strings.Contains(got, "photo of Ada.bin, 300 kB") {
					t.Errorf("the page says %q", got)
				}
				if got := evaluate[string](b, "document.querySelector('textarea').value"); got != text {
					t.Errorf("the text is shown as %q", got)
				}
				if got := evaluate[string](b, "document.documentElement.outerHTML"); strings.Contains(got, password) {
					t.Error("the password is on the page")
				}
				if kind == "files" && scripts {
					b.checkMarkup()
					for _, scheme := range []string{"light", "dark"} {
						b.look(320, scheme)
						b.checkWidth()
						b.screenshot("kept-form-default-look-phone-" + scheme)
						b.look(1280, scheme)
						b.screenshot("kept-form-default-look-desktop-" + scheme)
					}
				}
				kept := evaluate[string](b, "location.href")
				b.follow("#kept-form button")
				if got := b.text("#said"); b.answered() != http.StatusOK || got != want {
					t.Errorf("arrived as %q, want %q", got, want)
				}
				if got := evaluate[string](b, "location.href"); got != h.URL+"/report?draft=1" {
					t.Errorf("the answer is at %s", got)
				}
				b.open(kept) // Back
				if got := b.text("h1"); b.answered() != http.StatusGone || got != "There is nothing left to send" {
					t.Errorf("%d %q", b.answered(), got)
				}
			})
		}
	}
}

// TestLargeFileIsGivenBack: a browser that sends far more than is kept shows the page all
// the same, with what was typed.
func TestLargeFileIsGivenBack(t *testing.T) {
	t.Parallel()
	h := startFormHost(t)
	file := filepath.Join(t.TempDir(), "film.bin")
	if err := os.WriteFile(file, make([]byte, 12<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	b := newTab(t)
	b.open(h.URL + "/files")
	b.signIn(ada)
	b.waitURL(h.URL + "/files")
	b.fill("#title", "Trip")
	b.choose("#file", file)
	b.loseSession(h.URL)
	b.follow("#send")
	if got := b.text("main"); b.answered() != http.StatusRequestEntityTooLarge || !strings.Contains(got, "Please copy what you sent") || !strings.Contains(got, "Trip") {
		t.Errorf("%d %q", b.answered(), got)
	}
	b.follow("#go-on")
	b.waitURL(h.URL + "/files")
}

// choose has a file field hold file.
func (b *tab) choose(selector, file string) {
	b.t.Helper()
	b.do("choose "+file, chromedp.SetUploadFiles(chromedp.CSS(selector), []string{file}))
}

// sentAfterTheEnd sends a form to the operator's console when the session has just ended.
func sentAfterTheEnd(a *app, fields map[string]string) func(*tab) {
	return func(b *tab) {
		b.t.Helper()
		signedInAt(a, "/admin/sessions", ada)(b)
		b.loseSession(a.URL)
		var form strings.Builder
		for _, name := range slices.Sorted(maps.Keys(fields)) {
			fmt.Fprintf(&form, `<textarea name="%s">%s</textarea>`, name, fields[name])
		}
		b.leave(func() {
			evaluate[bool](b, fmt.Sprintf(`(() => {
				const form = document.createElement("form");
				form.method = "post";
				form.action = "/admin/sessions/end";
				form.innerHTML = %q;
				document.body.append(form);
				form.submit();
				return true;
			})()`, form.String()))
		})
		b.until("document.querySelector('form#kept-form, main textarea')")
	}
}
