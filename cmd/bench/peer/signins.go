package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/gin-gonic/gin"
	"golang.org/x/oauth2"

	"example.com/okta-gin/config"
)

const (
	startPath    = "/authorization-code/login-redirect"
	callbackPath = "/authorization-code/callback"
)

// verifier is the PKCE verifier of all sign-ins at the peer.
var verifier = strings.Repeat("v", 43)

// signIns adds the two requests of a sign-in and has each ask the issuer what the app asks.
// Bytes go by as they do at the app, in headers, cookies, and what the issuer answers; the
// peer looks at none but the access token, which it needs.
func signIns(engine *gin.Engine) error {
	known, err := read()
	if err != nil {
		return err
	}
	cfg, err := config.Read(".", os.Environ())
	if err != nil {
		return err
	}
	authorize, err := url.Parse(known.Headers[startPath].Get("Location"))
	if err != nil {
		return err
	}
	query := authorize.Query()
	query.Set("redirect_uri", cfg.BaseURL+callbackPath)
	query.Set("code_challenge", oauth2.S256ChallengeFromVerifier(verifier))
	authorize.RawQuery = query.Encode()
	known.Headers[startPath].Set("Location", authorize.String())
	for path, do := range map[string]func(*gin.Context) error{
		startPath:    func(*gin.Context) error { return nil },
		callbackPath: ask(cfg),
	} {
		engine.GET(path, func(c *gin.Context) {
			if err := do(c); err != nil {
				c.String(http.StatusBadGateway, err.Error())
				return
			}
			headers := known.Headers[path]
			maps.Copy(c.Writer.Header(), headers)
			c.Redirect(http.StatusFound, headers.Get("Location"))
		})
	}
	return nil
}

// ask asks the issuer for tokens and for somebody's claims, as a sign-in does.
func ask(cfg config.Config) func(*gin.Context) error {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxIdleConnsPerHost = 100
	client := http.Client{Transport: transport, Timeout: 10 * time.Second}
	answer := func(r *http.Request) ([]byte, error) {
		resp, err := client.Do(r)
		if err != nil {
			return nil, err
		}
		defer resp.Body.Close()
		if resp.StatusCode != http.StatusOK {
			return nil, fmt.Errorf("%s answers %s", r.URL.Path, resp.Status)
		}
		return io.ReadAll(resp.Body)
	}
	return func(c *gin.Context) error {
		form := url.Values{
			"grant_type": {"authorization_code"}, "code": {c.Query("code")}, "code_verifier": {verifier}, "redirect_uri": {cfg.BaseURL + callbackPath},
		}
		r, err := http.NewRequestWithContext(c, http.MethodPost, cfg.Issuer+"/v1/token", strings.NewReader(form.Encode()))
		if err != nil {
			return err
		}
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.SetBasicAuth(cfg.ClientID, cfg.ClientSecret.Reveal())
		tokens, err := answer(r)
		if err != nil {
			return err
		}
		_, rest, found := bytes.Cut(tokens, []byte(`"access_token":"`))
		accessToken, _, ends := bytes.Cut(rest, []byte(`"`))
		if !found || !ends {
			return errors.New("there is no access token in the answer")
		}
		if r, err = http.NewRequestWithContext(c, http.MethodGet, cfg.Issuer+"/v1/userinfo", nil); err != nil {
			return err
		}
		r.Header.Set("Authorization", "Bearer "+string(accessToken))
		_, err = answer(r)
		return err
	}
}
