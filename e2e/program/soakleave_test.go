//go:build soak

package program_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"sync"

	"example.com/okta-gin/e2e/drive"
)

// former is a copy of the cookies of somebody whose session was ended.
type former struct {
	who string
	*drive.Visitor
}

// ways are how people leave, all of them at once: by themselves, or because Okta says so.
var ways = []struct {
	name  string
	leave func(s *soak, v *drive.Visitor, login, sub, sid string) error
}{
	{"sign-out", func(s *soak, v *drive.Visitor, _, _, _ string) error { return signOutBy(s, v, url.Values{}) }},
	{"sign-out everywhere", func(s *soak, v *drive.Visitor, _, _, _ string) error {
		return signOutBy(s, v, url.Values{"everywhere": {"1"}})
	}},
	{"Universal Logout", func(s *soak, v *drive.Visitor, _, sub, _ string) error {
		endpoint := s.URL + "/authorization-code/universal-logout"
		subject := map[string]string{"format": "iss_sub", "iss": s.Org.Issuer(), "sub": sub}
		status, err := s.Org.UniversalLogout(context.Background(), endpoint, s.Org.LogoutToken(endpoint, nil), subject)
		return want(http.StatusNoContent, status, err)
	}},
	{"an event hook", func(s *soak, v *drive.Visitor, login, _, _ string) error {
		for _, status := range s.Org.SendEvents(context.Background(), s.Org.Event("user.session.clear", login)) {
			if err := want(http.StatusOK, status, nil); err != nil {
				return err
			}
		}
		return nil
	}},
	{"the front channel", func(s *soak, v *drive.Visitor, _, _, sid string) error {
		frame := &drive.Visitor{T: s.T, App: s.App, Client: &http.Client{Transport: s.connections, Timeout: drive.Patience}} // has no cookies
		r, err := frame.Send(s.URL+"/authorization-code/front-channel-logout?"+url.Values{"iss": {s.Org.Issuer()}, "sid": {sid}}.Encode(), nil)
		if err != nil {
			return err
		}
		return want(http.StatusOK, r.StatusCode, nil)
	}},
}

func signOutBy(s *soak, v *drive.Visitor, form url.Values) error {
	r, err := v.Send(s.URL+drive.LogoutPath, form)
	if err != nil {
		return err
	}
	return want(http.StatusOK, r.StatusCode, nil)
}

func want(status, got int, err error) error {
	if err == nil && got != status {
		err = fmt.Errorf("status %d, want %d", got, status)
	}
	return err
}

// leave ends the session of person i by one of the ways, while another page of theirs is
// under way, and holds that it is over then for the browser and for a copy of its cookies.
func (s *soak) leave(i int, v *drive.Visitor) {
	way, login := ways[i%len(ways)], loginOf(i)
	who := login + " by " + way.name
	var claims struct{ Sub, Sid string }
	r, err := v.Send(s.URL+"/api/me", nil)
	if err == nil {
		err = want(http.StatusOK, r.StatusCode, nil)
	}
	if err == nil {
		err = json.Unmarshal([]byte(r.Body), &claims)
	}
	if err != nil || claims.Sub == "" || claims.Sid == "" {
		s.fail("%s: who is it: %v %+v", who, err, claims)
		return
	}
	copied, err := s.copyOf(v)
	if err != nil {
		s.fail("%s: %v", who, err)
		return
	}
	under := &drive.Visitor{T: s.T, App: s.App, Client: &http.Client{Jar: v.Client.Jar, Transport: s.connections, Timeout: drive.Patience, CheckRedirect: v.Client.CheckRedirect}}
	var underway sync.WaitGroup
	underway.Go(func() { under.Send(s.URL+drive.ProfilePath, nil) }) // may be answered before or after
	v.Client.CheckRedirect = nil
	err = way.leave(s, v, login, claims.Sub, claims.Sid)
	underway.Wait()
	if err != nil {
		s.fail("%s: %v", who, err)
		return
	}
	s.signedOut.Add(1)
	gone := []former{{who, copied}, {who + ", in the browser itself", v}}
	for _, f := range gone {
		s.holdGone(f)
	}
	s.mu.Lock()
	s.gone = append(s.gone, gone...)
	s.mu.Unlock()
}

// copyOf has the cookies that v has at this moment.
func (s *soak) copyOf(v *drive.Visitor) (*drive.Visitor, error) {
	origin, err := url.Parse(s.URL)
	if err != nil {
		return nil, err
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, err
	}
	jar.SetCookies(origin, v.Client.Jar.Cookies(origin))
	return &drive.Visitor{T: s.T, App: s.App, Client: &http.Client{Jar: jar, Transport: s.connections, Timeout: drive.Patience}}, nil
}

// holdGone holds that the app takes f for nobody.
func (s *soak) holdGone(f former) {
	r, err := f.Send(s.URL+"/api/me", nil)
	if err == nil {
		err = want(http.StatusUnauthorized, r.StatusCode, nil)
	}
	if err != nil {
		s.fail("%s, came back: %v", f.who, err)
	}
}
