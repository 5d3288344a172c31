// Package watch counts, measures and traces the requests that come and those that go to
// Okta and to Redis, and tells how full what is bounded is.
//
// Every label has few values, all of them words of this program: what others send is
// none.
package watch
