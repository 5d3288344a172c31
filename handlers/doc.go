// Package handlers puts Okta sign-in into a Gin application.
//
// Auth is the part to take into an application of your own: New builds it,
// Mount adds its middleware and sign-in routes to a *gin.Engine and closes every
// route registered afterwards, Handle registers a route with its access rule,
// and CallerFrom tells a handler who is asking. Router is this app itself, built
// with nothing else.
package handlers
