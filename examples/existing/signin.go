package main

import (
	"context"
	"strconv"

	"github.com/gin-gonic/gin"

	"example.com/okta-gin/auth"
)

// signedIn makes a row for each customer. The session keeps its id.
func (s *shop) signedIn(ctx context.Context, person *auth.SignIn) error {
	name, _ := person.Claims["name"].(string)
	id, err := s.db.saveUser(ctx, person.Issuer, person.Subject, name)
	person.Data["user"] = strconv.FormatInt(id, 10)
	return err
}

// look shows sign-in's pages in the shop's layout, the small ones in their own.
type look struct{ *shop }

// Show implements auth.Look.
func (l look) Show(c *gin.Context, status int, page auth.Page) error {
	switch p := page.(type) {
	case auth.ErrorPage:
		l.page(c, status, "problem.html", p.Title(), gin.H{"Problem": p})
	case auth.ConfirmSignOutPage:
		l.page(c, status, "sign-out.html", l.okta.Words(c).Text("sign_out.heading"), gin.H{"Ask": p})
	case auth.SignedOutPage:
		l.page(c, status, "signed-out.html", l.okta.Words(c).Text("sign_out.title"), gin.H{"SignedOut": p})
	default:
		return auth.ErrDefaultLook
	}
	return nil
}
