// Package oktahttp is how this app talks to Okta: an HTTP client with a limit on
// everything, the reading of JSON answers, and the errors that tell an Okta that
// is away from one that must not be believed.
package oktahttp
