// Package dpop binds access tokens to a key of their holder (RFC 9449, Demonstrating
// Proof of Possession): it makes proofs for the requests that this app sends, and checks
// those of requests that come with a bound token.
package dpop
