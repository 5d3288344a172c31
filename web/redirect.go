package web

import (
	"fmt"
	"strings"

	"github.com/gin-gonic/gin"
)

// Redirect sends a browser to target as it is. net/http's own would clean its path,
// and so lead to another place than a deep link with two slashes means.
func Redirect(c *gin.Context, status int, target string) {
	c.Header("Location", ascii(target))
	c.Status(status)
}

// ascii escapes what a header can't hold.
func ascii(target string) string {
	if !strings.ContainsFunc(target, func(r rune) bool { return r >= 0x80 }) {
		return target
	}
	var b strings.Builder
	for i := range len(target) {
		if target[i] < 0x80 {
			b.WriteByte(target[i])
		} else {
			fmt.Fprintf(&b, "%%%02X", target[i])
		}
	}
	return b.String()
}
