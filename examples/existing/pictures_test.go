package main

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"example.com/okta-gin/auth/authtest"
	"example.com/okta-gin/e2e/drive"
)

// TestPictures looks at the shop in every language.
func TestPictures(t *testing.T) {
	t.Parallel()
	b := drive.NewTab(t)
	for _, language := range drive.Languages() {
		shop, _ := openShop(t)
		sheet := drive.NewSheet(t, shop)
		var cart []*http.Cookie
		show := func(title string, r *http.Request, person *authtest.Person) {
			t.Helper()
			r.Header.Set("Accept-Language", language)
			if person != nil {
				r = authtest.Request(t, shop.okta, r, *person)
			}
			for _, cookie := range cart {
				r.AddCookie(cookie)
			}
			w := get(shop, r)
			if w.Code == http.StatusSeeOther {
				cart = w.Result().Cookies()
				return
			}
			sheet.Add(title, w.Body.String())
		}
		of := func(path string) *http.Request { return httptest.NewRequest(http.MethodGet, path, nil) }
		post := func(path string, form url.Values) *http.Request {
			r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(form.Encode()))
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			return r
		}
		show("front page", of("/"), nil)
		show("empty cart", of("/cart"), nil)
		show("", post("/cart", url.Values{"item": {"Sencha"}}), nil)
		show("cart", of("/cart"), &ada)
		show("no such tea", post("/cart", url.Values{"item": {"Coffee"}}), &ada)
		show("checkout", of("/checkout"), &ada)
		show("ordered", post("/checkout", nil), &ada)
		show("orders", of("/admin/orders"), &ada)
		show("not allowed", of("/admin/orders"), &grace)
		show("sign out?", of("/authorization-code/logout"), &ada)
		show("signed out", of("/authorization-code/signed-out"), nil)
		show("nothing there", of("/no-such-page"), nil)
		b.CheckSheet(sheet, "language-"+language+"-sheet-shop", language)
	}
}
