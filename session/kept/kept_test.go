package kept_test

import (
	"bytes"
	"errors"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"example.com/okta-gin/config"
	"example.com/okta-gin/session"
	"example.com/okta-gin/session/kept"
	"example.com/okta-gin/session/marks"
	"example.com/okta-gin/session/redistest"
	"example.com/okta-gin/session/redisurl"
)

var start = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// clock is set by tests.
type clock struct{ nanos atomic.Int64 }

func (c *clock) Now() time.Time      { return start.Add(time.Duration(c.nanos.Load())) }
func (c *clock) add(d time.Duration) { c.nanos.Add(int64(d)) }

func options(c *clock) session.Options {
	return session.Options{
		Realm: "https://acme.okta.com 0oa1", CookieName: "app", Secrets: [][]byte{bytes.Repeat([]byte{7}, 32)}, Secure: true,
		MaxAge: 12 * time.Hour, IdleTimeout: time.Hour, Now: c.Now,
	}
}

func open(t testing.TB, o session.Options, store kept.Store) *kept.Forms {
	t.Helper()
	f, err := kept.New(o, store)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// stores returns each kind of store. What two calls of open return is shared by two
// processes, where the kind can be.
func stores(t testing.TB, c *clock) map[string]func() kept.Store {
	t.Helper()
	memory := kept.NewMemory(1<<20, c.Now)
	file, err := marks.Open(filepath.Join(t.TempDir(), "state"), 100, c.Now, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { file.Close() })
	server := redistest.Start(t)
	return map[string]func() kept.Store{
		"memory": func() kept.Store { return memory },
		"file":   func() kept.Store { return file.Forms() },
		"Redis":  func() kept.Store { return kept.NewRedis(server.Client(), 1<<20, c.Now) },
	}
}

// jar is a browser's cookies.
type jar map[string]string

func (j jar) request() *http.Request {
	r := httptest.NewRequest(http.MethodPost, "/notes", nil)
	for name, value := range j {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	return r
}

// do calls f as the answer to a request of the browser, which takes the cookies.
func (j jar) do(f func(w http.ResponseWriter, r *http.Request)) []*http.Cookie {
	w := httptest.NewRecorder()
	f(w, j.request())
	cookies := w.Result().Cookies()
	for _, c := range cookies {
		if c.MaxAge < 0 {
			delete(j, c.Name)
		} else {
			j[c.Name] = c.Value
		}
	}
	return cookies
}

func (j jar) keep(t testing.TB, f *kept.Forms, form kept.Form, person kept.Person) (name string) {
	t.Helper()
	cookies := j.do(func(w http.ResponseWriter, r *http.Request) {
		var err error
		if name, err = f.Keep(w, r, form, person); err != nil {
			t.Fatal(err)
		}
	})
	for _, c := range cookies {
		if c.MaxAge >= 0 && (!c.HttpOnly || !c.Secure || c.SameSite != http.SameSiteLaxMode || !strings.HasPrefix(c.Name, "__Host-app_form_") || c.MaxAge != 900 || len(c.Value) > 400) {
			t.Errorf("the cookie %v, %d bytes", c, len(c.Value))
		}
	}
	return name
}

func (j jar) take(f *kept.Forms, name string, person kept.Person) (form kept.Form, err error) {
	j.do(func(w http.ResponseWriter, r *http.Request) { form, err = f.Take(w, r, name, person) })
	return form, err
}

var note = kept.Form{
	Target: "/notes?x=1", ContentType: "multipart/form-data; boundary=x", Origin: "https://app.example", Back: "/notes", Body: []byte("\x00binary\xff"),
}

// TestKeptOnce holds that a form comes back as it was, for its person, in its browser, to
// one of any number of calls, and that its cookie goes with it.
func TestKeptOnce(t *testing.T) {
	t.Parallel()
	c := new(clock)
	for kind, store := range stores(t, c) {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			one, other := open(t, options(c), store()), open(t, options(c), store())
			ann, bob := one.Person("ann"), one.Person("bob")
			b := jar{}
			name := b.keep(t, one, note, ann)
			want := note
			want.Until = start.Add(kept.Lifetime)
			if got, err := other.Find(b.request(), name, ann); err != nil || !reflect.DeepEqual(got, want) {
				t.Errorf("found %v, %v", got, err)
			}
			for _, tt := range []struct {
				who    string
				jar    jar
				person kept.Person
				want   error
			}{
				{"another person", b, bob, kept.ErrNotYours},
				{"nobody", b, kept.Nobody, kept.ErrNotYours},
				{"another browser", jar{}, ann, kept.ErrGone},
			} {
				if got, err := tt.jar.take(one, name, tt.person); !errors.Is(err, tt.want) || got.Body != nil {
					t.Errorf("%s: %v, %v", tt.who, got, err)
				}
			}
			var got atomic.Int64
			var wait sync.WaitGroup
			for i := range 20 {
				wait.Go(func() {
					f := []*kept.Forms{one, other}[i%2]
					form, err := f.Take(httptest.NewRecorder(), b.request(), name, ann)
					if err == nil && bytes.Equal(form.Body, note.Body) {
						got.Add(1)
					} else if !errors.Is(err, kept.ErrGone) {
						t.Errorf("a late call: %v", err)
					}
				})
			}
			wait.Wait()
			if got.Load() != 1 {
				t.Errorf("given out %d times", got.Load())
			}
			if _, err := b.take(one, name, ann); !errors.Is(err, kept.ErrGone) || len(b) != 0 {
				t.Errorf("afterwards: %v, cookies %v", err, b)
			}
		})
	}
}

// TestKeptForAWhile holds that a form is gone after a quarter of an hour, by the clock that
// was given, whatever the browser and the store still have.
func TestKeptForAWhile(t *testing.T) {
	t.Parallel()
	c := new(clock)
	for kind, store := range stores(t, c) {
		f, b := open(t, options(c), store()), jar{}
		name := b.keep(t, f, note, f.Person("ann"))
		c.add(kept.Lifetime - time.Second)
		if _, err := f.Find(b.request(), name, f.Person("ann")); err != nil {
			t.Errorf("%s: in time: %v", kind, err)
		}
		c.add(time.Second)
		if _, err := f.Find(b.request(), name, f.Person("ann")); !errors.Is(err, kept.ErrGone) {
			t.Errorf("%s: too late: %v", kind, err)
		}
		c.nanos.Store(0)
	}
}

// TestBind holds that a form of nobody is the first person's to whom it is given, and that
// one of somebody stays theirs.
func TestBind(t *testing.T) {
	t.Parallel()
	c := new(clock)
	f, b := open(t, options(c), kept.NewMemory(1<<20, c.Now)), jar{}
	ann, bob := f.Person("ann"), f.Person("bob")
	if ann == bob || ann == kept.Nobody || f.Person("") != kept.Nobody || strings.Contains(string(ann), "ann") {
		t.Errorf("persons %q and %q", ann, bob)
	}
	name := b.keep(t, f, note, kept.Nobody)
	if _, err := b.take(f, name, ann); !errors.Is(err, kept.ErrNobodys) {
		t.Errorf("before: %v", err)
	}
	for _, person := range []kept.Person{ann, bob} {
		b.do(func(w http.ResponseWriter, r *http.Request) { f.Bind(w, r, name, person) })
		b.do(func(w http.ResponseWriter, r *http.Request) { f.Bind(w, r, "another", person) })
	}
	if _, err := b.take(f, name, bob); !errors.Is(err, kept.ErrNotYours) {
		t.Errorf("the second: %v", err)
	}
	if _, err := b.take(f, name, ann); err != nil {
		t.Errorf("the first: %v", err)
	}
}

// TestRemembered holds that a browser knows who signed in last, for a day longer than a
// session may last, and that nobody can make that up.
func TestRemembered(t *testing.T) {
	t.Parallel()
	c := new(clock)
	f, b := open(t, options(c), nil), jar{}
	if got := f.Remembered(b.request()); got != kept.Nobody {
		t.Errorf("an empty browser: %q", got)
	}
	for _, subject := range []string{"ann", "bob"} {
		b.do(func(w http.ResponseWriter, r *http.Request) { f.Remember(w, f.Person(subject)) })
	}
	if got := f.Remembered(b.request()); got != f.Person("bob") {
		t.Errorf("the last: %q", got)
	}
	other := options(c)
	other.Realm = "https://other.okta.com 0oa1"
	if got := open(t, other, nil).Remembered(b.request()); got != kept.Nobody {
		t.Errorf("in another realm: %q", got)
	}
	for name, value := range b {
		for _, tampered := range []string{value[:len(value)-1], value + "A", strings.Repeat("A", 1000), ""} {
			if got := f.Remembered(jar{name: tampered}.request()); got != kept.Nobody {
				t.Errorf("%s: %q", tampered, got)
			}
		}
		if got := f.Remembered(jar{"__Host-app_form_x": value}.request()); got != kept.Nobody {
			t.Errorf("under another name: %q", got)
		}
	}
	c.add(36 * time.Hour)
	if got := f.Remembered(b.request()); got != kept.Nobody {
		t.Errorf("after its time: %q", got)
	}
}

// TestSecretsAndRealms holds that a form opens under an old secret that is still given, and
// not under others or for another client.
func TestSecretsAndRealms(t *testing.T) {
	t.Parallel()
	c := new(clock)
	store := kept.NewMemory(1<<20, c.Now)
	f, b := open(t, options(c), store), jar{}
	name := b.keep(t, f, note, f.Person("ann"))
	fresh := bytes.Repeat([]byte{8}, 32)
	for what, tt := range map[string]struct {
		change func(*session.Options)
		found  bool
	}{
		"a new secret and the old": {func(o *session.Options) { o.Secrets = [][]byte{fresh, o.Secrets[0]} }, true},
		"a new secret alone":       {func(o *session.Options) { o.Secrets = [][]byte{fresh} }, false},
		"another client":           {func(o *session.Options) { o.Realm = "https://acme.okta.com 0oa2" }, false},
		"another app on the host":  {func(o *session.Options) { o.CookieName = "other" }, false},
	} {
		o := options(c)
		tt.change(&o)
		g := open(t, o, store)
		if _, err := g.Find(b.request(), name, g.Person("ann")); (err == nil) != tt.found || err != nil && !errors.Is(err, kept.ErrGone) {
			t.Errorf("%s: %v", what, err)
		}
	}
	for _, secrets := range [][][]byte{nil, {[]byte("short")}} {
		o := options(c)
		o.Secrets = secrets
		if _, err := kept.New(o, store); err == nil {
			t.Error("there is no secret, and no error")
		}
		if err := f.TakeSecrets(secrets); err == nil {
			t.Error("there is no secret to take, and no error")
		}
	}
	for _, step := range []struct {
		secrets [][]byte
		found   bool
	}{{[][]byte{fresh, options(c).Secrets[0]}, true}, {[][]byte{fresh}, false}} {
		if err := f.TakeSecrets(step.secrets); err != nil {
			t.Fatal(err)
		}
		if _, err := f.Find(b.request(), name, f.Person("ann")); (err == nil) != step.found {
			t.Errorf("%d secrets taken: %v", len(step.secrets), err)
		}
	}
}

// TestRoomOfABrowser holds that cookies of forms don't pile up.
func TestRoomOfABrowser(t *testing.T) {
	t.Parallel()
	c := new(clock)
	f, b := open(t, options(c), kept.NewMemory(1<<20, c.Now)), jar{"__Host-app_form_junk": "x", "__Host-app_form_": "", "other": "y"}
	var names []string
	for range 6 {
		c.add(time.Second)
		names = append(names, b.keep(t, f, note, f.Person("ann")))
	}
	if len(b) != 5 || b["other"] != "y" {
		t.Errorf("the browser has %d cookies: %v", len(b), b)
	}
	for i, name := range names {
		if _, err := f.Find(b.request(), name, f.Person("ann")); (err == nil) != (i >= 2) {
			t.Errorf("form %d: %v", i, err)
		}
	}
}

// TestStoresHaveBounds holds that a store refuses what it has no room for, keeps what it
// has, and has room again when that has expired.
func TestStoresHaveBounds(t *testing.T) {
	t.Parallel()
	c := new(clock)
	value := bytes.Repeat([]byte{1}, 100<<10)
	for kind, store := range stores(t, c) {
		if kind == "file" {
			continue // its bounds are package marks' own
		}
		s := store()
		put := func(name string) error { return s.Put(t.Context(), name, value, c.Now().Add(kept.Lifetime)) }
		for i := range 11 {
			if err := put(strings.Repeat("x", i+1)); (err == nil) != (i < 10) || err != nil && !errors.Is(err, kept.ErrFull) {
				t.Errorf("%s: value %d of 100 KB: %v", kind, i+1, err)
			}
		}
		if got, err := s.Get(t.Context(), "x"); err != nil || !bytes.Equal(got, value) {
			t.Errorf("%s: the first is lost: %d bytes, %v", kind, len(got), err)
		}
		c.add(2 * kept.Lifetime)
		if err := put("y"); err != nil {
			t.Errorf("%s: later: %v", kind, err)
		}
		c.nanos.Store(0)
	}
	s := kept.NewMemory(1000, c.Now)
	for range 5 {
		if err := s.Put(t.Context(), "again", value[:400], c.Now().Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
		if got, err := s.Take(t.Context(), "again"); err != nil || len(got) != 400 {
			t.Fatalf("%d bytes, %v", len(got), err)
		}
	}
}

// TestRedisAway holds that a store that can't be asked says so, and that what it holds
// tells nothing.
func TestRedisAway(t *testing.T) {
	t.Parallel()
	c := new(clock)
	server := redistest.Start(t)
	client, err := redisurl.Connect(config.NewSecret(server.URL()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { client.Close() })
	f, b := open(t, options(c), kept.NewRedis(client, 1<<20, c.Now)), jar{}
	form := note
	form.Body = []byte("a=precious")
	name := b.keep(t, f, form, f.Person("ann"))
	if dump := server.Dump(); !strings.Contains(dump, ":form:") || strings.Contains(dump, "precious") || strings.Contains(dump, "/notes") || strings.Contains(dump, name) {
		t.Errorf("Redis holds %s", dump)
	}
	server.Kill()
	if _, err := f.Find(b.request(), name, f.Person("ann")); !errors.Is(err, session.ErrUnavailable) {
		t.Errorf("Find: %v", err)
	}
	if _, err := b.take(f, name, f.Person("ann")); !errors.Is(err, session.ErrUnavailable) || len(b) != 1 {
		t.Errorf("Take: %v, cookies %v", err, b)
	}
	if _, err := f.Keep(httptest.NewRecorder(), b.request(), note, f.Person("ann")); !errors.Is(err, session.ErrUnavailable) {
		t.Errorf("Keep: %v", err)
	}
}
