// Package watch counts and measures the requests that come, those that go to Okta and
// to Redis, and how full what is bounded is.
//
// Every label has few values, all of them words of this program: what others send is
// none.
package watch
