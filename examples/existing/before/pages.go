package main

import (
	"crypto/subtle"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/gin-contrib/sessions"
	"github.com/gin-gonic/gin"
)

var teas = []string{"Assam", "Earl Grey", "Sencha"}

// page shows a template within the layout, which says what is in the cart. Its title is one of the
// words.
func (s *shop) page(c *gin.Context, status int, name, title string, data gin.H) {
	language := s.language(c)
	say := s.words.in(language)
	all := gin.H{"Title": say.orElse(title), "InCart": len(inCart(c)), "Language": language, "Say": say}
	maps.Copy(all, data)
	c.HTML(status, name, all)
}

func (s *shop) front(c *gin.Context) {
	s.page(c, http.StatusOK, "front.html", "front", gin.H{"Teas": teas})
}

func (s *shop) cart(c *gin.Context) {
	s.page(c, http.StatusOK, "cart.html", "cart", gin.H{"Items": inCart(c)})
}

// addToCart keeps the cart in the session, as one text.
func (s *shop) addToCart(c *gin.Context) {
	item := c.PostForm("item")
	if !slices.Contains(teas, item) {
		s.page(c, http.StatusBadRequest, "problem.html", "no_tea", nil)
		return
	}
	s.setCart(c, append(inCart(c), item))
	c.Redirect(http.StatusSeeOther, s.url("/cart"))
}

func (s *shop) checkout(c *gin.Context) {
	s.page(c, http.StatusOK, "checkout.html", "checkout", gin.H{"Items": inCart(c)})
}

func (s *shop) order(c *gin.Context) {
	if err := s.db.addOrder(c, c.PostForm("customer"), strings.Join(inCart(c), ", ")); err != nil {
		s.failed(c, err)
		return
	}
	s.setCart(c, nil)
	s.page(c, http.StatusOK, "ordered.html", "ordered", nil)
}

// paid is told by the bank which order is paid.
func (s *shop) paid(c *gin.Context) {
	if subtle.ConstantTimeCompare([]byte(c.GetHeader("X-Webhook-Secret")), []byte(s.webhookSecret)) == 0 {
		c.AbortWithStatus(http.StatusForbidden)
		return
	}
	var body struct{ Order int64 }
	if err := c.BindJSON(&body); err != nil {
		return
	}
	if err := s.db.setPaid(c, body.Order); err != nil {
		s.failed(c, err)
		return
	}
	c.Status(http.StatusNoContent)
}

func (s *shop) orders(c *gin.Context) {
	orders, err := s.db.orders(c)
	if err != nil {
		s.failed(c, err)
		return
	}
	customers, err := s.db.customers(c)
	if err != nil {
		s.failed(c, err)
		return
	}
	s.page(c, http.StatusOK, "orders.html", "orders", gin.H{"Orders": orders, "Customers": customers})
}

func (s *shop) notFound(c *gin.Context) {
	s.page(c, http.StatusNotFound, "problem.html", "lost", nil)
}

func (s *shop) failed(c *gin.Context, err error) {
	_ = c.Error(err) // for the log
	s.page(c, http.StatusInternalServerError, "problem.html", "broken", nil)
}

func inCart(c *gin.Context) []string {
	text, _ := sessions.Default(c).Get("cart").(string)
	return strings.FieldsFunc(text, func(r rune) bool { return r == '\n' })
}

func (s *shop) setCart(c *gin.Context, items []string) {
	cart := sessions.Default(c)
	cart.Set("cart", strings.Join(items, "\n"))
	if err := cart.Save(); err != nil {
		_ = c.Error(err)
	}
}
