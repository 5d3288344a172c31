// Package conformance_test runs the app as the OpenID Foundation's certification does.
//
// The certification of a relying party is a number of test modules. In each, the suite plays the provider,
// bends one thing that a provider does, and watches what the relying party makes of it. Here mockokta plays
// the provider, bent in the same way, and the app is the real one, served over TCP to a browser with cookies.
//
// The plans below and what their modules do are those of the conformance suite, release v5.2.3 of August 2026
// (package net.openid.conformance.openid.client of the suite's source). The suite's variants are fixed as its
// plans fix them, or else as this app is: response_type code, a static client, client_secret_basic, plain
// requests. Each module runs twice: at an Okta-shaped issuer, and at one that answers as the suite does.
//
// What only the suite itself can show is that the app's own address is https, as initiate_login_uri must be.
package conformance_test

import (
	"slices"
	"testing"
)

// plan is a test plan of the suite: the modules that certify one profile.
type plan struct {
	name         string
	profile      string // what the plan certifies
	responseMode string // what the plan's variant makes the app ask for
	modules      []string
}

// basic are the modules of the Basic profile. The Form Post profile has the same.
var basic = []string{
	"oidcc-client-test",
	"oidcc-client-test-invalid-iss",
	"oidcc-client-test-missing-sub",
	"oidcc-client-test-invalid-aud",
	"oidcc-client-test-missing-iat",
	"oidcc-client-test-kid-absent-single-jwks",
	"oidcc-client-test-kid-absent-multiple-jwks",
	"oidcc-client-test-idtoken-sig-rs256",
	"oidcc-client-test-idtoken-sig-none",
	"oidcc-client-test-invalid-sig-rs256",
	"oidcc-client-test-userinfo-invalid-sub",
	"oidcc-client-test-nonce-invalid",
	"oidcc-client-test-scope-userinfo-claims",
	"oidcc-client-test-client-secret-basic",
}

var plans = []plan{
	{"oidcc-client-basic-certification-test-plan", "Basic RP", "query", basic},
	{"oidcc-client-formpost-basic-certification-test-plan", "Form Post RP", "form_post", basic},
	{"oidcc-client-config-certification-test-plan", "Config RP", "query", []string{
		"oidcc-client-test-discovery-openid-config",
		"oidcc-client-test-discovery-jwks-uri-keys",
		"oidcc-client-test-discovery-issuer-mismatch",
		"oidcc-client-test-idtoken-sig-none",
		"oidcc-client-test-signing-key-rotation-just-before-signing",
		"oidcc-client-test-signing-key-rotation",
	}},
	{"oidcc-client-rp-initiated-logout-rp-basic", "RP-Initiated Logout RP", "query", []string{
		"oidcc-client-test-rp-init-logout",
		"oidcc-client-test-rp-init-logout-other-state",
		"oidcc-client-test-rp-init-logout-no-state",
	}},
	{"oidcc-client-front-channel-logout-rp-basic", "Front-Channel Logout RP", "query", []string{
		"oidcc-client-test-rp-frontchannel-rpinitlogout",
	}},
	{"oidcc-client-back-channel-logout-rp-basic", "Back-Channel Logout RP", "query", []string{
		"oidcc-client-test-rp-backchannel-rpinitlogout",
		"oidcc-client-test-rp-backchannel-rpinitlogout-alg-none",
		"oidcc-client-test-rp-backchannel-rpinitlogout-no-event",
		"oidcc-client-test-rp-backchannel-rpinitlogout-with-nonce",
		"oidcc-client-test-rp-backchannel-rpinitlogout-wrong-alg",
		"oidcc-client-test-rp-backchannel-rpinitlogout-wrong-aud",
		"oidcc-client-test-rp-backchannel-rpinitlogout-wrong-event",
		"oidcc-client-test-rp-backchannel-rpinitlogout-wrong-iss",
	}},
	{"oidcc-client-test-3rd-party-init-login-test-plan", "3rd Party-Init RP", "query", []string{
		"oidcc-client-test-3rd-party-init-login",
	}},
}

// tests are the modules' tests, by the suite's names.
var tests = map[string]func(*run){
	"oidcc-client-test":                                          testSuccess,
	"oidcc-client-test-invalid-iss":                              testInvalidIssuer,
	"oidcc-client-test-missing-sub":                              testMissingSubject,
	"oidcc-client-test-invalid-aud":                              testInvalidAudience,
	"oidcc-client-test-missing-iat":                              testMissingIssuedAt,
	"oidcc-client-test-kid-absent-single-jwks":                   testNoKeyIDOneKey,
	"oidcc-client-test-kid-absent-multiple-jwks":                 testNoKeyIDManyKeys,
	"oidcc-client-test-idtoken-sig-rs256":                        testRS256,
	"oidcc-client-test-idtoken-sig-none":                         testUnsigned,
	"oidcc-client-test-invalid-sig-rs256":                        testInvalidSignature,
	"oidcc-client-test-userinfo-invalid-sub":                     testUserinfoOfAnother,
	"oidcc-client-test-nonce-invalid":                            testInvalidNonce,
	"oidcc-client-test-scope-userinfo-claims":                    testScopeClaims,
	"oidcc-client-test-client-secret-basic":                      testClientSecretBasic,
	"oidcc-client-test-discovery-openid-config":                  testDiscovery,
	"oidcc-client-test-discovery-jwks-uri-keys":                  testDiscoveredKeys,
	"oidcc-client-test-discovery-issuer-mismatch":                testDiscoveryOfAnother,
	"oidcc-client-test-signing-key-rotation":                     testKeyRotation,
	"oidcc-client-test-signing-key-rotation-just-before-signing": testKeyRotationAtOnce,
	"oidcc-client-test-3rd-party-init-login":                     testThirdParty,
	"oidcc-client-test-rp-init-logout":                           testLogout,
	"oidcc-client-test-rp-init-logout-other-state":               testLogoutOtherState,
	"oidcc-client-test-rp-init-logout-no-state":                  testLogoutNoState,
	"oidcc-client-test-rp-frontchannel-rpinitlogout":             testFrontChannel,
	"oidcc-client-test-rp-backchannel-rpinitlogout":              testBackChannel,
	"oidcc-client-test-rp-backchannel-rpinitlogout-alg-none":     testBackChannelUnsigned,
	"oidcc-client-test-rp-backchannel-rpinitlogout-no-event":     testBackChannelNoEvent,
	"oidcc-client-test-rp-backchannel-rpinitlogout-with-nonce":   testBackChannelWithNonce,
	"oidcc-client-test-rp-backchannel-rpinitlogout-wrong-alg":    testBackChannelWrongAlgorithm,
	"oidcc-client-test-rp-backchannel-rpinitlogout-wrong-aud":    testBackChannelWrongAudience,
	"oidcc-client-test-rp-backchannel-rpinitlogout-wrong-event":  testBackChannelWrongEvent,
	"oidcc-client-test-rp-backchannel-rpinitlogout-wrong-iss":    testBackChannelWrongIssuer,
}

// TestModules runs each module of each plan at each provider:
// go test ./conformance -run TestModules/PLAN/MODULE/PROVIDER.
func TestModules(t *testing.T) {
	t.Parallel()
	for _, plan := range plans {
		t.Run(plan.name, func(t *testing.T) {
			t.Parallel()
			for _, module := range plan.modules {
				t.Run(module, func(t *testing.T) {
					t.Parallel()
					for _, provider := range providers {
						t.Run(provider.name, func(t *testing.T) {
							t.Parallel()
							if tests[module] == nil {
								t.Fatal("this module has no test")
							}
							tests[module](start(t, plan.responseMode, provider))
						})
					}
				})
			}
		})
	}
}

// Every module has a test, and every test is a module's.
func TestPlansAreWhole(t *testing.T) {
	t.Parallel()
	listed := map[string]bool{}
	for _, plan := range plans {
		sorted := slices.Compact(slices.Sorted(slices.Values(plan.modules)))
		if len(plan.modules) == 0 || len(sorted) != len(plan.modules) {
			t.Errorf("%s: lists %d modules of %d", plan.name, len(plan.modules), len(sorted))
		}
		for _, module := range plan.modules {
			listed[module] = true
			if tests[module] == nil {
				t.Errorf("%s: %s has no test", plan.profile, module)
			}
		}
	}
	for module := range tests {
		if !listed[module] {
			t.Errorf("%s is in no plan", module)
		}
	}
}
