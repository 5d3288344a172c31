// Package auth puts Okta sign-in into a Gin application.
//
//	okta, err := auth.New(cfg, auth.Options{})
//	err = okta.Mount(engine)
//	engine.GET("/", front)                         // may ask okta.Caller(c) who is there
//	engine.GET("/cart", okta.RequireLogin(), cart) // rules are ordinary Gin middleware
//	admin := engine.Group("/admin", okta.RequireGroup("Admins"))
//
// New builds the sign-in that a configuration describes. Mount adds its routes and
// touches nothing else of the engine. What goes further has to be asked for:
// CloseAll closes everything but a list, Headers and LogRequests are middleware
// for the host's own pages.
package auth
