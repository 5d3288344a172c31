package main

import (
	"strings"
	"testing"

	"example.com/okta-gin/e2e/audit"
	"example.com/okta-gin/e2e/drive"
)

// TestSessionScript: the shop's pages warn before the session ends, and have it go on, with the one tag in the layout.
func TestSessionScript(t *testing.T) {
	t.Parallel()
	for name, place := range map[string]string{"alone": "", "below a path": "/portal"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			shop := open(t, place, true)
			b := drive.NewTab(t)
			b.Open(shop.URL + "/checkout")
			b.SignIn(drive.Ada)
			b.WaitURL(shop.URL + "/checkout")

			// An hour is the time without a visit; the page takes it for nearly over, and what the app says of its clock too.
			drive.Evaluate[bool](b, `((now, ask) => {
				const passed = 56 * 60_000;
				Date.now = () => now() + passed;
				window.fetch = async (url, options) => {
					const answer = await ask(url, options);
					if (options.method === "POST") {
						Date.now = now;
						return answer;
					}
					const state = await answer.json();
					return new Response(JSON.stringify({ ...state, now: new Date(Date.parse(state.now) + passed).toISOString() }));
				};
				return true;
			})(Date.now.bind(Date), fetch.bind(window))`)
			b.WaitFor("dialog.session-time[open]")
			if got := b.Text("dialog.session-time"); !strings.Contains(got, "minutes") {
				t.Errorf("the dialogue says %q", got)
			}
			b.Click("dialog.session-time button")
			b.Until(`!document.querySelector("dialog.session-time")`)
			if got := b.Text("h1"); got != "Checkout" {
				t.Errorf("after it the page is %q", got)
			}
		})
	}
}

// TestShopIsAccessible audits the shop's pages, those that sign-in shows in its layout among them.
func TestShopIsAccessible(t *testing.T) {
	t.Parallel()
	audit.Directions(t, func(t *testing.T, r *audit.Reader) {
		shop := open(t, "", false)
		r.Visit("front page", shop.URL)
		r.Visit("empty cart", shop.URL+"/cart")
		r.Visit("nothing there", shop.URL+"/no-such-page")
		r.Open(shop.URL)
		r.Follow(".teas button")
		r.Check("cart")
		r.Open(shop.URL + "/checkout")
		r.SignIn("grace@acme.test")
		r.WaitURL(shop.URL + "/checkout")
		r.Check("checkout")
		r.Visit("not allowed", shop.URL+"/admin/orders")
		r.Open(shop.URL + "/checkout")
		r.Follow("main button")
		r.Check("ordered")
		r.Visit("sign out?", shop.URL+"/authorization-code/logout")
		r.Follow("main button")
		r.Named("signed out", `main a[href*="login"]`)
		r.Open(shop.URL + "/authorization-code/login-redirect?return_to=/admin/orders&prompt=login")
		r.SignIn(drive.Ada)
		r.WaitURL(shop.URL + "/admin/orders")
		r.Check("orders")
	})
}
