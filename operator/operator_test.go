package operator_test

import (
	"encoding/json"
	"errors"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gin-gonic/gin"

	"example.com/okta-gin/auth"
	"example.com/okta-gin/auth/authtest"
	"example.com/okta-gin/config"
	"example.com/okta-gin/operator"
	"example.com/okta-gin/session/redistest"
)

const (
	grace   = "00u0000000000000grac"
	another = "00u0000000000other00"
	twin    = "00u0000000000000twin"
	address = "grace@acme.test"
	shared  = "info@acme.test"
)

func TestMain(m *testing.M) {
	gin.SetMode(gin.TestMode)
	os.Exit(m.Run())
}

// rig is an app, its settings, and an Okta that ends sessions as it is told to.
type rig struct {
	t      *testing.T
	cfg    config.Config
	auth   *auth.Auth
	server *httptest.Server
	log    strings.Builder
	atOkta atomic.Int64 // how often Okta has ended a person's sessions
	fails  atomic.Bool  // Okta does not
}

func newRig(t *testing.T, env map[string]string) *rig {
	t.Helper()
	r := &rig{t: t}
	org := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		switch {
		case req.Method != http.MethodDelete || req.URL.Path != "/api/v1/users/"+grace+"/sessions":
			http.NotFound(w, req)
		case r.fails.Load():
			w.WriteHeader(http.StatusForbidden)
		default:
			r.atOkta.Add(1)
			w.WriteHeader(http.StatusNoContent)
		}
	}))
	t.Cleanup(org.Close)
	all := map[string]string{
		"OKTA_OAUTH2_ISSUER": org.URL, "OKTA_OAUTH2_CLIENT_ID": "0oa1", "OKTA_OAUTH2_CLIENT_SECRET": "s3cr3t",
		"SESSION_SECRET": "a58484f50b66706058bb7e9e86eeff7eecd6dde01f4a433f076c6965c318c09d",
	}
	maps.Copy(all, env)
	maps.DeleteFunc(all, func(_, value string) bool { return value == "" })
	cfg, err := config.Load(all)
	if err != nil {
		t.Fatal(err)
	}
	r.cfg = cfg
	r.start()
	return r
}

// start runs an app with the settings.
func (r *rig) start() {
	r.t.Helper()
	a, err := auth.New(r.cfg, auth.Options{Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		r.t.Fatal(err)
	}
	r.auth = a
	engine := gin.New()
	engine.GET("/me", a.RequireLogin(), func(c *gin.Context) { c.Status(http.StatusOK) })
	r.server = httptest.NewServer(engine)
	r.t.Cleanup(r.stop)
}

func (r *rig) stop() {
	r.server.Close()
	if err := r.auth.Close(); err != nil {
		r.t.Error(err)
	}
}

func (r *rig) signIn(subject, email string) *http.Client {
	r.t.Helper()
	return authtest.Browser(r.t, r.auth, r.server, authtest.Person{Subject: subject, Email: email})
}

// in reports whether the app takes b for somebody at b's next request.
func (r *rig) in(b *http.Client) bool {
	r.t.Helper()
	req, err := http.NewRequestWithContext(r.t.Context(), http.MethodGet, r.server.URL+"/me", nil)
	if err != nil {
		r.t.Fatal(err)
	}
	req.Header.Set("Accept", "application/json")
	resp, err := b.Do(req)
	if err != nil {
		r.t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusOK && resp.StatusCode != http.StatusUnauthorized {
		r.t.Fatalf("the app answers %s", resp.Status)
	}
	return resp.StatusCode == http.StatusOK
}

// say carries out words, as a process of its own does.
func (r *rig) say(words ...string) (string, error) {
	r.t.Helper()
	order, err := operator.Parse(words)
	if err != nil {
		r.t.Fatal(err)
	}
	order.By = "olga"
	var out strings.Builder
	err = operator.Carry(r.t.Context(), r.cfg, order, time.Now, &out, slog.New(slog.NewJSONHandler(&r.log, nil)))
	return out.String(), err
}

type listed struct {
	Sessions []struct {
		ID, Sub, Email string
		SignedInAt     time.Time `json:"signed_in_at"`
		SeenAt         time.Time `json:"seen_at"`
	}
}

func (r *rig) list(person string) listed {
	r.t.Helper()
	out, err := r.say("list", "--json", person)
	var l listed
	if err != nil || json.Unmarshal([]byte(out), &l) != nil {
		r.t.Fatalf("list %s: %v\n%s", person, err, out)
	}
	return l
}

// TestBesideTheApp: with Redis an operator lists and ends sessions while the app runs, by
// address and by id, one and all, and they are over at the app's next request.
func TestBesideTheApp(t *testing.T) {
	t.Parallel()
	for _, setting := range []string{"SESSION_STORE", "REDIS_URL"} {
		t.Run(setting, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, map[string]string{setting: redistest.Start(t).URL(), "OKTA_API_TOKEN": "00token"})
			phone := r.signIn(grace, address)
			first := r.list(address)
			laptop, other := r.signIn(grace, address), r.signIn(another, "other@acme.test")
			if l := r.list(grace); len(first.Sessions) != 1 || len(l.Sessions) != 2 || l.Sessions[0].Sub != grace || l.Sessions[0].Email != address || l.Sessions[0].SeenAt.IsZero() || l.Sessions[0].SignedInAt.IsZero() {
				t.Fatalf("listed %+v, then %+v", first, l)
			}
			id := first.Sessions[0].ID
			if out, err := r.say("list", address); err != nil || !strings.Contains(out, id) || strings.Count(out, "\n") != 3 {
				t.Errorf("list: %v\n%s", err, out)
			}
			if out, err := r.say("end", address, id); err != nil || !strings.Contains(out, "One session") || r.in(phone) || !r.in(laptop) || r.atOkta.Load() != 0 {
				t.Errorf("end one: %v\n%s", err, out)
			}
			for _, words := range [][]string{{"end", grace, id}, {"end", another, r.list(grace).Sessions[0].ID}, {"end", "nobody@acme.test"}, {"end", "grace"}, {"end", "nobody@acme.test", id}} {
				if out, err := r.say(words...); err == nil {
					t.Errorf("%q is answered %s", words, out)
				}
			}
			if !r.in(laptop) {
				t.Fatal("a session ended by somebody else's name")
			}
			if out, err := r.say("end", strings.ToUpper(address)); err != nil || !strings.Contains(out, "here and at Okta") || r.in(laptop) || r.atOkta.Load() != 1 {
				t.Errorf("end all: %v\n%s", err, out)
			}
			if out, err := r.say("list", grace); err != nil || out != "No session of \""+grace+"\" is listed.\n" {
				t.Errorf("list nothing: %v\n%s", err, out)
			}
			if !r.in(other) {
				t.Error("somebody else was signed out")
			}
			for _, want := range []string{
				`"event":"looked_up_by_operator"`, `"event":"ended_by_operator"`, `"client":"shell","by":"olga","sub":"` + grace + `","what":"one"`, `"by":"olga","sub":"` + grace + `","what":"all"`,
			} {
				if !strings.Contains(r.log.String(), want) {
					t.Errorf("the log has no %s:\n%s", want, r.log.String())
				}
			}
		})
	}
}

// TestAtOkta: where Okta does not end its sessions those here are over, and the operator
// is told that not all is done.
func TestAtOkta(t *testing.T) {
	t.Parallel()
	r := newRig(t, map[string]string{"SESSION_STORE": redistest.Start(t).URL(), "OKTA_API_TOKEN": "00token"})
	r.fails.Store(true)
	b := r.signIn(grace, address)
	if out, err := r.say("end", "--json", grace); err == nil || !strings.Contains(err.Error(), "at Okta") || !strings.Contains(out, `"at_okta": false`) || r.in(b) {
		t.Errorf("%v\n%s", err, out)
	}
	r.cfg.APIToken = config.Secret{}
	b = r.signIn(grace, address)
	if out, err := r.say("end", grace); err != nil || !strings.Contains(out, "not at Okta") || r.in(b) {
		t.Errorf("without a token: %v\n%s", err, out)
	}
}

// TestSharedAddress: an address that several people have had ends nobody's sessions.
func TestSharedAddress(t *testing.T) {
	t.Parallel()
	r := newRig(t, map[string]string{"REDIS_URL": redistest.Start(t).URL()})
	one, other := r.signIn(grace, shared), r.signIn(twin, shared)
	if out, err := r.say("end", shared); err == nil || !strings.Contains(err.Error(), "several people") || !r.in(one) || !r.in(other) {
		t.Errorf("%v\n%s", err, out)
	}
	if _, err := r.say("end", twin); err != nil || !r.in(one) || r.in(other) {
		t.Errorf("by id: %v", err)
	}
	for _, unknown := range []string{"grace", "nobody@acme.test"} {
		if out, err := r.say("end", unknown); err == nil {
			t.Errorf("%s is nobody here, and the answer is %s", unknown, out)
		}
	}
	if out, err := r.say("end", twin); err != nil || !strings.Contains(out, "All sessions") {
		t.Errorf("by id, where none is listed: %v\n%s", err, out)
	}
}

// TestListsAll: however many sessions a person has, all are listed, once, and any of them
// can be ended.
func TestListsAll(t *testing.T) {
	t.Parallel()
	r := newRig(t, map[string]string{"SESSION_STORE": redistest.Start(t).URL(), "SESSION_SHOW_ADDRESS": "true"})
	const sessions = 120
	for range sessions {
		r.signIn(grace, address)
	}
	ids := map[string]bool{}
	l := r.list(address)
	for _, s := range l.Sessions {
		ids[s.ID] = true
	}
	if len(l.Sessions) != sessions || len(ids) != sessions {
		t.Fatalf("%d sessions are listed, %d of them different", len(l.Sessions), len(ids))
	}
	out, err := r.say("list", grace)
	if err != nil || strings.Count(out, "\n") != sessions+1 || strings.Count(out, "SIGNED IN SINCE") != 1 {
		t.Errorf("%d lines, %v", strings.Count(out, "\n"), err)
	}
	last := l.Sessions[sessions-1].ID
	if out, err := r.say("end", address, last); err != nil || !strings.Contains(out, "One session") {
		t.Errorf("end the last: %v\n%s", err, out)
	}
	if l := r.list(grace); len(l.Sessions) != sessions-1 {
		t.Errorf("%d sessions are left", len(l.Sessions))
	}
	if n := strings.Count(r.log.String(), "looked_up_by_operator"); n != 4 {
		t.Errorf("%d log events of three lists and an end", n)
	}
	if l := r.list("nobody@acme.test"); l.Sessions == nil || len(l.Sessions) != 0 {
		t.Errorf("nobody has %+v", l)
	}
}

// TestStateFile: while the app runs it has its file to itself, and the operator is told
// what to do; while it is stopped, what is ended is over when it runs again.
func TestStateFile(t *testing.T) {
	t.Parallel()
	r := newRig(t, map[string]string{"STATE_FILE": filepath.Join(t.TempDir(), "state")})
	b, other := r.signIn(grace, address), r.signIn(another, "other@acme.test")
	if out, err := r.say("end", grace); err == nil || errors.Is(err, operator.ErrSettings) || !strings.Contains(err.Error(), "stop it first") || !strings.Contains(err.Error(), "/admin/sessions") || !r.in(b) {
		t.Errorf("beside the app: %v\n%s", err, out)
	}
	jar := b.Jar.Cookies(mustURL(t, r))
	others := other.Jar.Cookies(mustURL(t, r))
	r.stop()
	if l := r.list(address); len(l.Sessions) != 1 {
		t.Errorf("listed %+v", l)
	}
	if out, err := r.say("end", address); err != nil || !strings.Contains(out, "All sessions") {
		t.Errorf("end: %v\n%s", err, out)
	}
	r.start()
	b.Jar.SetCookies(mustURL(t, r), jar)
	other.Jar.SetCookies(mustURL(t, r), others)
	if r.in(b) || !r.in(other) {
		t.Error("the wrong person is out")
	}
}

// TestNothingToList: settings and files that know of no session are an error, and no
// file is made.
func TestNothingToList(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "state")
	for name, test := range map[string]struct {
		change   func(*config.Config)
		want     string
		settings bool
	}{
		"neither file nor Redis": {func(*config.Config) {}, "STATE_FILE", true},
		"a generated secret":     {func(c *config.Config) { c.SessionSecretGenerated = true }, "SESSION_SECRET", true},
		"no file":                {func(c *config.Config) { c.StateFile = file }, file, false},
		"Redis away":             {func(c *config.Config) { c.RedisURL = config.NewSecret("redis://127.0.0.1:1") }, "unavailable", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, nil)
			test.change(&r.cfg)
			for _, words := range [][]string{{"list", grace}, {"end", grace}} {
				if out, err := r.say(words...); out != "" || err == nil || !strings.Contains(err.Error(), test.want) || errors.Is(err, operator.ErrSettings) != test.settings {
					t.Errorf("%q: %v\n%s", words, err, out)
				}
			}
		})
	}
	t.Cleanup(func() {
		if _, err := os.Stat(file); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("a state file was made: %v", err)
		}
	})
}

func TestParse(t *testing.T) {
	t.Parallel()
	for _, good := range []struct {
		args []string
		want operator.Order
	}{
		{[]string{"list", address}, operator.Order{Person: address}},
		{[]string{"list", address, "--json"}, operator.Order{Person: address, JSON: true}},
		{[]string{"end", "--json", grace}, operator.Order{End: true, Person: grace, JSON: true}},
		{[]string{"end", grace, "-id"}, operator.Order{End: true, Person: grace, ID: "-id"}},
	} {
		given := slices.Clone(good.args)
		if got, err := operator.Parse(good.args); err != nil || got != good.want || !slices.Equal(good.args, given) {
			t.Errorf("%q: %+v, %v", given, got, err)
		}
	}
	for _, bad := range [][]string{
		nil, {"list"}, {"end"}, {"lists", grace}, {"list", grace, "id"}, {"end", grace, "id", "more"}, {"list", ""}, {"list", "--jsno"}, {"end", grace, ""}, {"--json"},
	} {
		if got, err := operator.Parse(bad); err == nil {
			t.Errorf("%q is %+v", bad, got)
		}
	}
}

func mustURL(t *testing.T, r *rig) *url.URL {
	t.Helper()
	u, err := url.Parse(r.server.URL)
	if err != nil {
		t.Fatal(err)
	}
	return u
}
