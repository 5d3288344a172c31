package handlers_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/gin-gonic/gin"
	"golang.org/x/oauth2/clientcredentials"

	"example.com/okta-gin/config"
	"example.com/okta-gin/handlers"
	"example.com/okta-gin/mockokta"
)

// shop is an app with pages of its own. All that it needs to know of Okta is in
// this function.
func shop(cfg config.Config, log *slog.Logger) (*gin.Engine, error) {
	auth, err := handlers.New(cfg, log, time.Now)
	if err != nil {
		return nil, err
	}
	engine := gin.New()
	if err := auth.Mount(engine); err != nil {
		return nil, err
	}

	auth.Handle("GET", "/", handlers.Public, front)
	engine.GET("/cart", cart) // closed: it does not say who may see it
	auth.Handle("GET", "/stock", auth.RequireGroup("Engineers"), stock)
	auth.Handle("GET", "/api/orders", auth.RequireScope("messages:read"), orders)
	return engine, nil
}

func front(c *gin.Context) { c.String(http.StatusOK, "Welcome to the shop") }

func cart(c *gin.Context) {
	caller, _ := handlers.CallerFrom(c)
	c.String(http.StatusOK, "The cart of %s", caller.Claims["name"])
}

func stock(c *gin.Context) { c.String(http.StatusOK, "12 analytical engines") }

func orders(c *gin.Context) {
	caller, _ := handlers.CallerFrom(c)
	c.JSON(http.StatusOK, gin.H{"orders": []int{7, 9}, "for": caller.Subject})
}

// Example adds Okta sign-in to a Gin app. Here a local stand-in takes Okta's
// place, so the settings name that; yours come from config.Environment.
func Example() {
	server := httptest.NewUnstartedServer(nil)
	address := "http://" + server.Listener.Addr().String()
	org, err := mockokta.Start(mockokta.Options{Clients: []mockokta.Client{mockokta.WebClient(address), mockokta.MachineClient()}})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer org.Close()
	cfg, err := config.Load(map[string]string{
		"BASE_URL":                  address,
		"OKTA_OAUTH2_ISSUER":        org.Issuer(),
		"OKTA_OAUTH2_CLIENT_ID":     mockokta.DefaultClientID,
		"OKTA_OAUTH2_CLIENT_SECRET": mockokta.DefaultClientSecret,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	engine, err := shop(cfg, slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError})))
	if err != nil {
		fmt.Println(err)
		return
	}
	server.Config.Handler = engine
	server.Start()
	defer server.Close()

	nobody := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	visit("Nobody", nobody, address, "/", "/cart", "/api/orders")
	visit("Grace", signIn(address, "grace@acme.test", "correct-horse-grace"), address, "/cart", "/stock", "/api/orders")
	program := clientcredentials.Config{
		ClientID: mockokta.MachineClientID, ClientSecret: mockokta.MachineClientSecret,
		TokenURL: org.Issuer() + "/v1/token", Scopes: []string{"messages:read"},
	}
	visit("A program", program.Client(context.Background()), address, "/cart", "/api/orders")

	// Output:
	// Nobody gets / 200 Welcome to the shop
	// Nobody gets /cart 303 /authorization-code/login-redirect?return_to=%2Fcart
	// Nobody gets /api/orders 401 Bearer
	// Grace gets /cart 200 The cart of Grace Hopper
	// Grace gets /stock 200 12 analytical engines
	// Grace gets /api/orders 200 {"for":"00u9mockGraceHop15d7","orders":[7,9]}
	// A program gets /cart 401 Cookie realm="session"
	// A program gets /api/orders 200 {"for":"0oa7mockMach1ine05d7","orders":[7,9]}
}

// visit prints what client gets from each path.
func visit(who string, client *http.Client, address string, paths ...string) {
	for _, path := range paths {
		resp, err := client.Get(address + path)
		if err != nil {
			fmt.Println(err)
			return
		}
		body, err := io.ReadAll(resp.Body)
		if err != nil {
			fmt.Println(err)
		}
		resp.Body.Close()
		answer := string(body)
		if resp.StatusCode != http.StatusOK {
			answer = resp.Header.Get("Location") + resp.Header.Get("WWW-Authenticate")
		}
		fmt.Println(who, "gets", path, resp.StatusCode, answer)
	}
}

// signIn does what a person's browser does to sign in.
func signIn(address, username, password string) *http.Client {
	jar, _ := cookiejar.New(nil) // never fails without options
	client := &http.Client{Jar: jar}
	page, err := client.Get(address + "/cart")
	if err != nil {
		fmt.Println(err)
		return client
	}
	defer page.Body.Close()
	doc, err := goquery.NewDocumentFromReader(page.Body)
	if err != nil {
		fmt.Println(err)
		return client
	}
	form := doc.Find("form").First()
	fields := url.Values{}
	form.Find("input[name]").Each(func(_ int, input *goquery.Selection) {
		fields.Set(input.AttrOr("name", ""), input.AttrOr("value", ""))
	})
	fields.Set("username", username)
	fields.Set("password", password)
	action, err := page.Request.URL.Parse(form.AttrOr("action", ""))
	if err != nil {
		fmt.Println(err)
		return client
	}
	done, err := client.PostForm(action.String(), fields)
	if err != nil {
		fmt.Println(err)
		return client
	}
	done.Body.Close()
	return client
}
