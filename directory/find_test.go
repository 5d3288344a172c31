package directory_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"example.com/okta-gin/directory"
	"example.com/okta-gin/mockokta"
	"example.com/okta-gin/okta"
)

func TestFind(t *testing.T) {
	t.Parallel()
	a := startOrg(t, nil)
	for _, p := range []mockokta.Person{
		{ID: "00u9mockAnnaBerg15d7", Login: "anna@acme.test", FirstName: "Anna", LastName: "van der Berg"},
		{ID: "00u9mockAnnaOther5d7", Login: "other@acme.test", FirstName: "Anna", LastName: "Other"},
	} {
		p.Email = p.Login
		a.org.AddPerson(p)
	}
	d := a.directory()
	for words, want := range map[string]string{
		"ada": ada, "LOVE": ada, "  Lovelace\tada ": ada, "ada@acme": ada, "Ada L": ada,
		"anna": "00u9mockAnnaBerg15d7 00u9mockAnnaOther5d7", "Anna van der Berg": "00u9mockAnnaBerg15d7", "van der berg": "00u9mockAnnaBerg15d7", "anna o": "00u9mockAnnaOther5d7",
		"ovelace": "", "ada grace": "", "nobody": "", "": "", " \n": "", "ada&limit=1": "", "%": "", "\xff": "", "ada/../me": "",
		"ada " + strings.Repeat(" ", 254): "",
	} {
		found, more, err := d.Find(t.Context(), words)
		ids := make([]string, 0, len(found))
		for _, p := range found {
			ids = append(ids, p.ID)
		}
		if got := strings.Join(ids, " "); err != nil || got != want || more {
			t.Errorf("%q: got %s, %v, want %s", words, got, err, want)
		}
	}
	found, _, err := d.Find(t.Context(), "ada")
	if want := (directory.Person{ID: ada, Name: "Ada Lovelace", Email: "ada@acme.test", Status: "ACTIVE"}); err != nil || len(found) != 1 || found[0] != want {
		t.Errorf("found %+v, %v", found, err)
	}
}

// TestFindIsBounded: Okta is asked for a hundred people, and where it gives so many there
// may be more, whoever of them fits.
func TestFindIsBounded(t *testing.T) {
	t.Parallel()
	people := 0
	d := management(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet || r.RequestURI != "/api/v1/users?limit=100&q=x" || r.Header.Get("Authorization") != "SSWS the token" {
			t.Errorf("%s %s", r.Method, r.RequestURI)
		}
		one := `{"id":"` + ada + `","profile":{"firstName":"X","lastName":"Y","login":"x@acme.test"}},`
		fmt.Fprint(w, `[`+strings.TrimSuffix(strings.Repeat(one, people), ",")+`]`)
	})
	for _, test := range []struct {
		given int
		words string
		found int
		more  bool
	}{{99, "X y", 99, false}, {100, "X y", 100, true}, {150, "X y", 100, true}, {100, "x z", 0, true}, {0, "x", 0, false}} {
		people = test.given
		found, more, err := d.Find(t.Context(), test.words)
		if err != nil || len(found) != test.found || more != test.more {
			t.Errorf("%s of %d: %d found, more %v, %v", test.words, test.given, len(found), more, err)
		}
		if len(found) > 0 && (found[0].Name != "X Y" || found[0].Email != "x@acme.test") {
			t.Errorf("found %+v", found[0])
		}
	}
}

func TestFindFails(t *testing.T) {
	t.Parallel()
	is := func(want error) func(error) bool { return func(err error) bool { return errors.Is(err, want) } }
	notOK := func(err error) bool { return errors.As(err, new(*okta.StatusError)) }
	for name, tc := range map[string]struct {
		status int
		body   string
		is     func(error) bool
	}{
		"401":                  {401, "", notOK},
		"403":                  {403, "", notOK},
		"redirect":             {302, "", notOK},
		"500":                  {500, "", is(okta.ErrUnreachable)},
		"a page":               {200, "<html>", is(okta.ErrUntrusted)},
		"one person":           {200, "{}", is(okta.ErrUntrusted)},
		"somebody without id":  {200, "[{}]", is(okta.ErrUntrusted)},
		"an id that is a path": {200, `[{"id":"../../../api/v1/me/x"}]`, is(okta.ErrUntrusted)},
		"too much":             {200, strings.Repeat(" ", 2<<20), is(okta.ErrUntrusted)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := management(t, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Location", "/elsewhere")
				w.WriteHeader(tc.status)
				fmt.Fprint(w, tc.body)
			})
			found, _, err := d.Find(t.Context(), "canary")
			if found != nil || err == nil || !tc.is(err) {
				t.Errorf("got %+v, %v", found, err)
			} else if strings.Contains(err.Error(), "canary") || strings.Contains(err.Error(), "the token") {
				t.Errorf("the error says too much: %v", err)
			}
		})
	}
}

func TestFindRespectsTheRateLimit(t *testing.T) {
	t.Parallel()
	var asked atomic.Int64
	d := management(t, func(w http.ResponseWriter, _ *http.Request) {
		asked.Add(1)
		w.WriteHeader(http.StatusTooManyRequests)
	})
	for range 3 {
		if _, _, err := d.Find(t.Context(), "ada"); !errors.Is(err, directory.ErrRateLimited) {
			t.Errorf("got %v, want ErrRateLimited", err)
		}
	}
	if got := asked.Load(); got != 1 {
		t.Errorf("asked %d times, want once", got)
	}
}
