package auth

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"example.com/okta-gin/web"
)

// clientKeys serves GET PREFIX/jwks.json: the public keys by which Okta knows this app
// (private_key_jwt). A new key is to be published for an hour before it signs.
func (a *Auth) clientKeys(c *gin.Context) error {
	document, ok := a.okta.ClientKeySet()
	if !ok {
		return web.NotFound()
	}
	c.Header("Cache-Control", "public, max-age=3600")
	c.Data(http.StatusOK, "application/jwk-set+json", document)
	return nil
}
