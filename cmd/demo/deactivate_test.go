package main

import (
	"context"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"example.com/okta-gin/examples/spa"
)

// TestDeactivatedInTheDemo: what a visitor of `make run` is told to try. The service knows
// Ada; the stand-in's button deactivates Ada, and her browser is out with its next page.
func TestDeactivatedInTheDemo(t *testing.T) {
	t.Parallel()
	ports := freePorts(t, 4)
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	ended := make(chan error, 1)
	out := output(t)
	go func() { ended <- run(ctx, environ(ports), out) }()
	app, org := "http://localhost:"+ports[0], "http://127.0.0.1:"+ports[2]
	get(t, app+"/readyz", ended)

	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	hers := &http.Client{Jar: jar, Timeout: 30 * time.Second}
	open := func(resp *http.Response, err error) (string, *goquery.Document) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		doc, err := goquery.NewDocumentFromReader(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		return resp.Request.URL.String(), doc
	}
	at, page := open(hers.Get(app + "/greet"))
	form := page.Find("form").First()
	fields := url.Values{}
	form.Find("input[name]").Each(func(_ int, input *goquery.Selection) {
		fields.Set(input.AttrOr("name", ""), input.AttrOr("value", ""))
	})
	fields.Set("username", "ada@acme.test")
	fields.Set("password", "correct-horse-ada")
	base, err := url.Parse(at)
	if err != nil {
		t.Fatal(err)
	}
	action, err := base.Parse(form.AttrOr("action", ""))
	if err != nil {
		t.Fatal(err)
	}
	if at, _ := open(hers.PostForm(action.String(), fields)); at != app+"/greet" {
		t.Fatalf("the sign-in ends at %s", at)
	}
	if said := ask(t, hers, app+spa.ServicePath+"/whoami"); !strings.Contains(said, `"Forwarded":["for=`) || !strings.Contains(said, `"sub":"ada@acme.test"`) {
		t.Errorf("the service says %s", said)
	}
	open(http.PostForm(org+"/people/status", url.Values{"login": {"ada@acme.test"}}))
	if at, _ := open(hers.Get(app + "/greet")); at == app+"/greet" {
		t.Error("her browser is still in")
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

// ask has a script in browser ask url.
func ask(t *testing.T, browser *http.Client, url string) string {
	t.Helper()
	r, err := http.NewRequest(http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Sec-Fetch-Mode", "cors")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	resp, err := browser.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}
