// Package mockokta is an Okta org in miniature, for tests and for trying the app without an org.
//
// It speaks plain HTTP on the loopback interface and behaves as Okta's published reference says Okta
// does: two authorization servers (the custom one called "default" and the org's own), a hosted sign-in
// page with single sign-on, both sign-in engines for scripts (Identity Engine and Classic), second factors and their
// enrolment, recovery and activation by mail, client authentication by secret and by key, pushed and signed
// authorization requests, authorization codes with PKCE, tokens bound to keys (DPoP), resource indicators, refresh
// tokens, key rotation, sign-out, a corner of the management API, and Okta's error codes and words throughout. Knobs
// bend what it says, so that a test can show an app any provider that lies, fails or is slow.
//
// Its pages speak seven languages: that which the app asks for in ui_locales, else the browser's. Programs get English, as
// from Okta.
//
// Left out: signing up, unlocking oneself, and every response type but "code".
//
// The rooms, each of which uses only those named after it: mockokta (the listeners and the table of routes); resource (a
// sample API behind the org); hosted (what browsers meet), idx and classic (the engines that scripts drive), management
// (people and their sessions); oauth (what programs ask an authorization server for); dpop (proofs of possession); wire (how
// the org answers); state (what it knows).
//
// It is no place for real people or real secrets: passwords are shown on the sign-in page.
package mockokta
