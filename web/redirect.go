package web

import (
	"fmt"
	"strings"

	"github.com/gin-gonic/gin"
)

// Redirect answers with status, and location letter by letter: net/http and Gin would
// take two slashes for one and resolve dots, those of a fragment too, so that some
// other page came. Blanks and what is not ASCII are percent-encoded.
func Redirect(c *gin.Context, status int, location string) {
	var b strings.Builder
	b.Grow(len(location))
	for i := range len(location) {
		if octet := location[i]; octet <= ' ' || octet >= 0x7f {
			fmt.Fprintf(&b, "%%%02x", octet)
		} else {
			b.WriteByte(octet)
		}
	}
	c.Header("Location", b.String())
	c.Status(status)
	c.Writer.WriteHeaderNow()
}
