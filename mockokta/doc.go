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
// The rooms, each of which uses only those named after it: mockokta (the listener and the table of routes),
// hosted (what browsers meet), signin (the engines that scripts drive), management (the directory API), oauth
// (what programs ask an authorization server for), wire (how the org answers), state (what it knows).
//
// It is no place for real people or real secrets: passwords are shown on the sign-in page.
package mockokta
