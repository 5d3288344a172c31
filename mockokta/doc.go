// Package mockokta is an Okta org in miniature, for tests and for trying the app without an org.
//
// It speaks plain HTTP on the loopback interface and behaves as Okta's published reference says Okta
// does: two authorization servers (the custom one called "default" and the org's own), a hosted sign-in
// page with single sign-on, client authentication, authorization codes with PKCE, refresh tokens, key
// rotation, sign-out, a corner of the directory API, and Okta's error codes and words throughout.
//
// Left out: the Identity Engine's interaction code flow, the embedded widget, PAR, JAR, DPoP, and every
// response type but "code".
//
// It is no place for real people or real secrets: passwords are shown on the sign-in page.
package mockokta
