package main

import (
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"

	"example.com/okta-gin/auth/authtest"
	"example.com/okta-gin/config"
	"example.com/okta-gin/e2e/drive"
	"example.com/okta-gin/examples/existing/internal/habits"
)

var (
	ada   = authtest.Person{Subject: "00uAda", Name: "Ada", Groups: []string{"Admins"}}
	grace = authtest.Person{Subject: "00uGrace", Name: "Grace", Groups: []string{"Engineers"}}
)

// openShop returns a shop whose Okta is nowhere: these are tests of the shop alone.
func openShop(t *testing.T) (*shop, *habits.Log) {
	t.Helper()
	return openShopAt(t, "http://localhost:8080", "http://127.0.0.1:1/oauth2/default")
}

func openShopAt(t *testing.T, baseURL, issuer string) (*shop, *habits.Log) {
	t.Helper()
	cfg, err := config.Load(map[string]string{
		"BASE_URL": baseURL, "OKTA_OAUTH2_ISSUER": issuer,
		"OKTA_OAUTH2_CLIENT_ID": "0oa7mockWebC1ient5d7", "OKTA_OAUTH2_CLIENT_SECRET": "not-a-secret_mockokta-demo-client-only_0001",
	})
	if err != nil {
		t.Fatal(err)
	}
	db, err := openStore("file:" + filepath.Join(t.TempDir(), "shop.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	log := new(habits.Log)
	shop, err := newShop(settings{baseURL: baseURL, cartSecret: "cart", webhookSecret: habits.WebhookSecret, signIn: cfg}, db, log)
	if err != nil {
		t.Fatal(err)
	}
	return shop, log
}

func TestMain(m *testing.M) {
	gin.SetMode(gin.TestMode)
	slog.SetDefault(slog.New(slog.DiscardHandler))
	os.Exit(drive.Run(m))
}

// TestHabits holds the shop to what it did before it had sign-in.
func TestHabits(t *testing.T) {
	t.Parallel()
	t.Run("nobody", func(t *testing.T) {
		t.Parallel()
		shop, log := openShop(t)
		server := httptest.NewServer(shop)
		t.Cleanup(server.Close)
		jar, err := cookiejar.New(nil)
		if err != nil {
			t.Fatal(err)
		}
		habits.Check(t, habits.Shop{URL: server.URL, Client: &http.Client{Jar: jar}, Log: log, Closed: true})
	})
	t.Run("an admin", func(t *testing.T) {
		t.Parallel()
		shop, log := openShop(t)
		server := httptest.NewServer(shop)
		t.Cleanup(server.Close)
		habits.Check(t, habits.Shop{URL: server.URL, Client: authtest.Browser(t, shop.okta, server, ada), Log: log, SignedIn: true})
	})
}

func TestGreeting(t *testing.T) {
	t.Parallel()
	shop, _ := openShop(t)
	front := func() *http.Request { return httptest.NewRequest(http.MethodGet, "/", nil) }
	if body := get(shop, front()).Body.String(); strings.Contains(body, "Welcome") || !strings.Contains(body, "Sign in") {
		t.Errorf("nobody is greeted by:\n%s", body)
	}
	body := get(shop, authtest.Request(t, shop.okta, front(), ada)).Body.String()
	if !strings.Contains(body, `Welcome, <bdi>Ada</bdi>`) || !strings.Contains(body, "Sign out") {
		t.Errorf("Ada is greeted by:\n%s", body)
	}
}

func TestWhoMaySeeTheOrders(t *testing.T) {
	t.Parallel()
	shop, _ := openShop(t)
	orders := func() *http.Request { return httptest.NewRequest(http.MethodGet, "/admin/orders", nil) }
	nobody := get(shop, orders())
	if want := "/authorization-code/login-redirect?return_to=%2Fadmin%2Forders"; nobody.Code != http.StatusSeeOther ||
		!strings.HasSuffix(nobody.Header().Get("Location"), want) {
		t.Errorf("nobody: %d to %s, want to %s", nobody.Code, nobody.Header().Get("Location"), want)
	}
	if w := get(shop, authtest.Request(t, shop.okta, orders(), grace)); w.Code != http.StatusForbidden ||
		!strings.Contains(w.Body.String(), "<nav>") || !strings.Contains(w.Body.String(), `<b dir="auto">Admins</b>`) ||
		strings.Contains(w.Body.String(), "Customers") {
		t.Errorf("Grace: %d\n%s", w.Code, w.Body)
	}
	if w := get(shop, authtest.Request(t, shop.okta, orders(), ada)); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "Customers: 2") {
		t.Errorf("Ada: %d\n%s", w.Code, w.Body)
	}
}

// TestNobodyOrders: a form of nobody's is answered with the way to sign in, and orders
// nothing.
func TestNobodyOrders(t *testing.T) {
	t.Parallel()
	shop, _ := openShop(t)
	w := get(shop, httptest.NewRequest(http.MethodPost, "/checkout", nil))
	if w.Code != http.StatusUnauthorized || !strings.Contains(w.Body.String(), "/authorization-code/login-redirect") {
		t.Errorf("%d\n%s", w.Code, w.Body)
	}
	if orders, err := shop.db.orders(t.Context()); err != nil || len(orders) != 0 {
		t.Errorf("ordered: %v, %v", orders, err)
	}
}

func TestCustomersHaveOneRow(t *testing.T) {
	t.Parallel()
	shop, _ := openShop(t)
	renamed := ada
	renamed.Name = "Ada King"
	for _, person := range []authtest.Person{ada, grace, renamed} {
		r := httptest.NewRequest(http.MethodPost, "/checkout", nil)
		if w := get(shop, authtest.Request(t, shop.okta, r, person)); w.Code != http.StatusOK {
			t.Fatalf("%s: %d\n%s", person.Name, w.Code, w.Body)
		}
	}
	orders, err := shop.db.orders(t.Context())
	if err != nil || len(orders) != 3 {
		t.Fatalf("%v, %v", orders, err)
	}
	for i, want := range []string{"Ada King, customer 1", "Grace, customer 2", "Ada, customer 1"} {
		if got := orders[i].Customer; got != want {
			t.Errorf("order %d is for %q, want %q", orders[i].ID, got, want)
		}
	}
}

func get(h http.Handler, r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}
