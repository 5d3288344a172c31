package authtest_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/gin-gonic/gin"

	"example.com/okta-gin/auth"
	"example.com/okta-gin/auth/authtest"
	"example.com/okta-gin/config"
)

// newShop is the app under test.
func newShop(cfg config.Config) (*auth.Auth, http.Handler, error) {
	okta, err := auth.New(cfg, auth.Options{})
	if err != nil {
		return nil, nil, err
	}
	engine := gin.New()
	if err := okta.Mount(engine); err != nil {
		return nil, nil, err
	}
	engine.GET("/orders", okta.RequireLogin(), func(c *gin.Context) {
		c.String(http.StatusOK, "Orders of %s", okta.Caller(c).Name())
	})
	engine.GET("/admin", okta.RequireGroup("Admins"), func(c *gin.Context) { c.String(http.StatusOK, "All orders") })
	engine.GET("/api/stock", okta.RequireScope("stock:read"), func(c *gin.Context) { c.JSON(http.StatusOK, gin.H{"tea": 3}) })
	return okta, engine, nil
}

// ordersTest is a test of the shop, such as TestOrders(t *testing.T).
func ordersTest(t *testing.T) {
	cfg, err := config.Load(map[string]string{
		"OKTA_OAUTH2_ISSUER":        "https://example.okta.com/oauth2/default",
		"OKTA_OAUTH2_CLIENT_ID":     "0oaExample",
		"OKTA_OAUTH2_CLIENT_SECRET": "a-secret-of-thirty-two-characters!",
	})
	if err != nil {
		t.Fatal(err)
	}
	okta, shop, err := newShop(cfg)
	if err != nil {
		t.Fatal(err)
	}
	ada := authtest.Person{Name: "Ada", Groups: []string{"Staff"}}

	w := httptest.NewRecorder()
	shop.ServeHTTP(w, authtest.Request(t, okta, httptest.NewRequest(http.MethodGet, "/orders", nil), ada))
	if w.Code != http.StatusOK || w.Body.String() != "Orders of Ada" {
		t.Errorf("her orders: %d %s", w.Code, w.Body)
	}

	w = httptest.NewRecorder()
	shop.ServeHTTP(w, authtest.Bearer(t, okta, httptest.NewRequest(http.MethodGet, "/api/stock", nil), ada, "stock:read"))
	if w.Code != http.StatusOK {
		t.Errorf("the stock, for a program: %d", w.Code)
	}

	server := httptest.NewServer(shop)
	defer server.Close()
	answer, err := authtest.Browser(t, okta, server, ada).Get(server.URL + "/admin")
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusForbidden {
		t.Errorf("the admins' page: %d", answer.StatusCode)
	}
}

// A test signs in whom it likes, in a request, as a program or in a browser.
func Example() {
	var t *testing.T // your test's own
	ordersTest(t)
}

func TestExample(t *testing.T) {
	t.Parallel()
	t.Run("orders", ordersTest)
}
