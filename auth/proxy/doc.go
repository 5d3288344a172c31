// Package proxy calls other services for the person who is signed in, so that no
// access token ever reaches a browser (a backend for a front end).
//
// A Proxy stands between the scripts of the app's pages and one service: what they ask
// for below a path of the app is asked for below the service's own path, with the
// person's access token. It takes people by their session alone, and no target but the
// one that it was made with, however a request is spelled. What a browser could say of
// who sends a request, or from where, is left out; what a service could do to the app's
// origin is left out of its answers.
package proxy
