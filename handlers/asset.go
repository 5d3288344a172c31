package handlers

import "github.com/gin-gonic/gin"

// asset serves GET /static/: the stylesheet, the scripts and the icon.
func (a *App) asset(c *gin.Context) error {
	if !a.assets.Has(c.Request.URL.Path) {
		return a.notFound(c)
	}
	a.assets.ServeHTTP(c.Writer, c.Request)
	return nil
}

func (a *App) assetURL(name string) string {
	if path := a.assets.URL(name); path != "" {
		return a.okta.URL(path)
	}
	return ""
}
