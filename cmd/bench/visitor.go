package main

import (
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"

	"github.com/PuerkitoBio/goquery"
)

// Who signs in: one of the stand-in's people.
const (
	login    = "ada@acme.test"
	password = "correct-horse-ada"
)

// visitor is a browser that signs in at the stand-in.
type visitor struct{ client *http.Client }

func newVisitor() (*visitor, error) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, err
	}
	return &visitor{&http.Client{Jar: jar}}, nil
}

// signIn signs a person in on the way to a page, and returns that page.
func (v *visitor) signIn(page, login, password string) (*http.Response, []byte, error) {
	return v.signInTo(page, page, login, password)
}

// signInTo is signIn where a sign-in ends at landing.
func (v *visitor) signInTo(page, landing, login, password string) (*http.Response, []byte, error) {
	at, body, err := v.read(v.client.Get(page))
	if err != nil {
		return nil, nil, err
	}
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(string(body)))
	if err != nil {
		return nil, nil, err
	}
	form := doc.Find("form:has(input[name=password])").First()
	action, err := at.Request.URL.Parse(form.AttrOr("action", ""))
	if err != nil {
		return nil, nil, err
	}
	fields := url.Values{}
	form.Find("input[name]").Each(func(_ int, input *goquery.Selection) {
		fields.Set(input.AttrOr("name", ""), input.AttrOr("value", ""))
	})
	fields.Set("username", login)
	fields.Set("password", password)
	at, body, err = v.read(v.client.PostForm(action.String(), fields))
	if err == nil && (at.StatusCode != http.StatusOK || at.Request.URL.String() != landing) {
		err = fmt.Errorf("the sign-in ends at %s with %s", at.Request.URL, at.Status)
	}
	return at, body, err
}

func (v *visitor) read(resp *http.Response, err error) (*http.Response, []byte, error) {
	if err != nil {
		return nil, nil, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	return resp, body, err
}

// headers are what a browser sends to a page.
func (v *visitor) headers(page string) ([]string, error) {
	at, err := url.Parse(page)
	if err != nil {
		return nil, err
	}
	var cookies []string
	for _, cookie := range v.client.Jar.Cookies(at) {
		cookies = append(cookies, cookie.String())
	}
	return []string{"Accept: text/html,application/json", "Cookie: " + strings.Join(cookies, "; ")}, nil
}

// setHeaders adds headers, "Name: value" each.
func setHeaders(req *http.Request, headers []string) {
	for _, header := range headers {
		name, value, _ := strings.Cut(header, ": ")
		req.Header.Set(name, value)
	}
}

// answer is what a browser has got.
type answer struct {
	header http.Header
	body   []byte
}

// ask gets a page as a browser does.
func ask(url string, headers []string) (answer, error) {
	req, err := http.NewRequest(http.MethodGet, url, nil)
	if err != nil {
		return answer{}, err
	}
	setHeaders(req, headers)
	v, err := newVisitor()
	if err != nil {
		return answer{}, err
	}
	resp, body, err := v.read(v.client.Do(req))
	if err != nil {
		return answer{}, err
	}
	if resp.StatusCode != http.StatusOK {
		return answer{}, fmt.Errorf("%s answers %s", url, resp.Status)
	}
	return answer{resp.Header, body}, nil
}
