package main

import (
	"embed"
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"strings"

	"github.com/gin-contrib/sessions"
	"github.com/gin-contrib/sessions/cookie"
	"github.com/gin-gonic/gin"
)

//go:embed templates static words
var files embed.FS

type settings struct {
	baseURL                   string // with a path where a proxy serves other apps beside this one
	cartSecret, webhookSecret string
}

// shop is the app.
type shop struct {
	http.Handler
	settings
	base  string // the path of baseURL
	db    *store
	words *words
}

func newShop(s settings, db *store, out io.Writer) (*shop, error) {
	site, err := url.Parse(s.baseURL)
	if err != nil {
		return nil, fmt.Errorf("read BASE_URL: %w", err)
	}
	words, err := readWords()
	if err != nil {
		return nil, err
	}
	shop := &shop{settings: s, base: strings.TrimSuffix(site.Path, "/"), db: db, words: words}
	pages, err := template.New("").Funcs(template.FuncMap{"url": shop.url}).ParseFS(files, "templates/*.html")
	if err != nil {
		return nil, fmt.Errorf("read the templates: %w", err)
	}
	static, err := fs.Sub(files, "static")
	if err != nil {
		return nil, fmt.Errorf("read the static files: %w", err)
	}

	r := gin.New()
	r.Use(gin.LoggerWithConfig(gin.LoggerConfig{Output: out}), gin.Recovery())
	r.Use(sessions.Sessions("session", cookie.NewStore([]byte(s.cartSecret))))
	r.SetHTMLTemplate(pages)

	r.GET("/", shop.front)
	r.GET("/cart", shop.cart)
	r.POST("/cart", shop.addToCart)
	r.GET("/checkout", shop.checkout)
	r.POST("/checkout", shop.order)
	r.POST("/webhooks/paid", shop.paid)
	r.StaticFS("/static", http.FS(static))
	r.NoRoute(shop.notFound)

	admin := r.Group("/admin", noIndex)
	admin.GET("/orders", shop.orders)

	shop.Handler = r
	return shop, nil
}

// url is what a browser asks for to get path.
func (s *shop) url(path string) string { return s.base + path }

// noIndex keeps pages out of search engines.
func noIndex(c *gin.Context) { c.Header("X-Robots-Tag", "noindex") }
