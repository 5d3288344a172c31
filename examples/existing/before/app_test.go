package main

import (
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"path/filepath"
	"testing"

	"example.com/okta-gin/examples/existing/internal/habits"
)

func TestShop(t *testing.T) {
	t.Parallel()
	db, err := openStore("file:" + filepath.Join(t.TempDir(), "shop.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	log := new(habits.Log)
	shop, err := newShop(settings{baseURL: "http://localhost:8080", cartSecret: "cart", webhookSecret: habits.WebhookSecret}, db, log)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(shop)
	t.Cleanup(server.Close)
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	habits.Check(t, habits.Shop{URL: server.URL, Client: &http.Client{Jar: jar}, Log: log})
}
