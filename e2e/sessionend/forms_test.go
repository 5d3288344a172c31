package sessionend_test

import (
	"crypto/sha256"
	"fmt"
	"html"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gin-gonic/gin"

	"example.com/okta-gin/auth"
	"example.com/okta-gin/config"
	"example.com/okta-gin/e2e/drive"
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
				b := drive.NewTab(t)
				if !scripts {
					b.WithoutScripts()
				}
				b.Open(h.URL + "/" + kind)
				b.SignIn(drive.Ada)
				b.WaitURL(h.URL + "/" + kind)
				b.Fill("#title", "Trip")
				b.Fill("#text", text)
				b.Fill("#password", password)
				want := fmt.Sprintf("Trip|%q|%s", strings.ReplaceAll(text, "\n", "\r\n"), password)
				if kind == "files" {
					b.Choose("#file", file)
					want += fmt.Sprintf("|photo of Ada.bin %x", sha256.Sum256(content))
				}
				b.LoseSession(h.URL)
				b.Click("#send")
				b.WaitFor("form#kept-form") // Okta still knows who it is
				if got := b.Text("main"); !strings.Contains(got, h.URL+"/report?draft=1") || !strings.Contains(got, "Trip") || strings.Contains(got, password) || kind == "files" && !strings.Contains(got, "photo of Ada.bin, 300 kB") {
					t.Errorf("the page says %q", got)
				}
				if got := drive.Evaluate[string](b, "document.querySelector('textarea').value"); got != text {
					t.Errorf("the text is shown as %q", got)
				}
				if got := drive.Evaluate[string](b, "document.documentElement.outerHTML"); strings.Contains(got, password) {
					t.Error("the password is on the page")
				}
				if kind == "files" && scripts {
					b.CheckMarkup()
					for _, scheme := range []string{"light", "dark"} {
						b.Look(320, scheme)
						b.CheckWidth()
						b.Screenshot("kept-form-default-look-phone-" + scheme)
						b.Look(1280, scheme)
						b.Screenshot("kept-form-default-look-desktop-" + scheme)
					}
				}
				kept := drive.Evaluate[string](b, "location.href")
				b.Follow("#kept-form button")
				if got := b.Text("#said"); b.Answered() != http.StatusOK || got != want {
					t.Errorf("arrived as %q, want %q", got, want)
				}
				if got := drive.Evaluate[string](b, "location.href"); got != h.URL+"/report?draft=1" {
					t.Errorf("the answer is at %s", got)
				}
				b.Open(kept) // Back
				if got := b.Text("h1"); b.Answered() != http.StatusGone || got != "There is nothing left to send" {
					t.Errorf("%d %q", b.Answered(), got)
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
	b := drive.NewTab(t)
	b.Open(h.URL + "/files")
	b.SignIn(drive.Ada)
	b.WaitURL(h.URL + "/files")
	b.Fill("#title", "Trip")
	b.Choose("#file", file)
	b.LoseSession(h.URL)
	b.Follow("#send")
	if got := b.Text("main"); b.Answered() != http.StatusRequestEntityTooLarge || !strings.Contains(got, "Please copy what you sent") || !strings.Contains(got, "Trip") {
		t.Errorf("%d %q", b.Answered(), got)
	}
	b.Follow("#go-on")
	b.WaitURL(h.URL + "/files")
}
