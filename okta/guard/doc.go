// Package guard spares an Okta that is in trouble, and the people who would wait for it.
//
// Each endpoint has a breaker of its own. Failures in a row open it: for a while requests
// fail at once and are not sent. Then one is, to see how Okta is: the breaker is half
// open. Its answer closes it; its failure opens it for longer. Where Okta itself says how
// long it wants to be left alone (429, or 503 with Retry-After), that is how long.
package guard
