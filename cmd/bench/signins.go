package main

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"time"

	"golang.org/x/sync/errgroup"
)

// manySignIns are enough for the kernel's count of CPU, which goes in hundredths of a second.
const manySignIns = 6400

// signIns measures what of a sign-in is the app's own part: the CPU of its start and its
// callback, less that of a bare server which gets and sends the same, here and at the org,
// in units of an RSA-2048 verification. As many people sign in at a time as the other loads
// have connections. There is no TLS in either. What is said are medians over pairs of adjacent runs.
func (b *bench) signIns(ctx context.Context, o *org) error {
	app, err := b.app(ctx, o, b.program, "/readyz", nil)
	if err != nil {
		return err
	}
	defer app.stop()
	v, err := newVisitor()
	if err != nil {
		return err
	}
	if _, _, err := v.signIn(app.url+"/profile", login, password); err != nil {
		return err
	}
	atOrg, err := url.Parse(o.Issuer())
	if err != nil {
		return err
	}
	cookies := v.client.Jar.Cookies(atOrg)
	known := peerData{Headers: make(map[string]http.Header)}
	err = signInAgain(http.Client{}, app, atOrg, cookies, func(resp *http.Response) {
		known.add(resp.Request.URL.Path, resp.Header)
	})
	if err != nil {
		return err
	}
	file, err := b.write(known)
	if err != nil {
		return err
	}
	peer, err := b.app(ctx, o, b.peer, "/readyz", map[string]string{"PEER": "sign-ins", "PEER_DATA": file})
	if err != nil {
		return err
	}
	defer peer.stop()
	cost := func(s *server) (time.Duration, error) {
		return cpuOf(s, func(client http.Client) error {
			return signInAgain(client, s, atOrg, cookies, func(*http.Response) {})
		})
	}
	var own, bare, units []float64
	for range b.pairs {
		one, err := cost(app)
		if err != nil {
			return err
		}
		other, err := cost(peer)
		if err != nil {
			return err
		}
		unit, err := rsaVerification()
		if err != nil {
			return err
		}
		own, bare = append(own, one.Seconds()), append(bare, other.Seconds())
		units = append(units, float64(one-other)/float64(unit))
	}
	fmt.Fprintf(b.out, "a sign-in: %.0f µs of CPU, %.0f of them for the same two requests here and two to the org; the rest is %.1f RSA verifications (goal: at most 3)\n",
		1e6*median(own), 1e6*median(bare), median(units))
	return nil
}

// cpuOf is what the server uses for one of many calls of do, connections at a time.
func cpuOf(s *server, do func(http.Client) error) (time.Duration, error) {
	client := http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: connections}}
	each := func(times int) error {
		var g errgroup.Group
		for range connections {
			g.Go(func() error {
				for range times {
					if err := do(client); err != nil {
						return err
					}
				}
				return nil
			})
		}
		return g.Wait()
	}
	if err := each(3); err != nil { // until connections are there
		return 0, err
	}
	before, err := s.cpu()
	if err != nil {
		return 0, err
	}
	if err := each(manySignIns / connections); err != nil {
		return 0, err
	}
	after, err := s.cpu()
	return (after - before) / manySignIns, err
}

// signInAgain signs in at a server with the session that the org has, from start to callback,
// and has see look at what is answered.
func signInAgain(client http.Client, s *server, atOrg *url.URL, cookies []*http.Cookie, see func(*http.Response)) error {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return err
	}
	jar.SetCookies(atOrg, cookies)
	client.Jar = jar
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	at := s.url + "/authorization-code/login-redirect?return_to=/healthz"
	for range 3 { // start, the org, the callback
		resp, err := client.Get(at)
		if err != nil {
			return err
		}
		resp.Body.Close()
		next, err := resp.Location()
		if err != nil {
			return fmt.Errorf("%s answers %s: %w", resp.Request.URL.Path, resp.Status, err)
		}
		see(resp)
		at = next.String()
	}
	if to, err := url.Parse(at); err != nil || to.Path != "/healthz" {
		return fmt.Errorf("the sign-in ends at %s", at)
	}
	return nil
}

// rsaVerification is how long one takes, over a token of usual size.
func rsaVerification() (time.Duration, error) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return 0, err
	}
	token := make([]byte, 1024)
	sum := sha256.Sum256(token)
	signature, err := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, sum[:])
	if err != nil {
		return 0, err
	}
	var took []float64
	for range 3000 {
		began := time.Now()
		sum := sha256.Sum256(token)
		if err := rsa.VerifyPKCS1v15(&key.PublicKey, crypto.SHA256, sum[:], signature); err != nil {
			return 0, err
		}
		took = append(took, float64(time.Since(began)))
	}
	return time.Duration(median(took)), nil
}
