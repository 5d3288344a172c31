package doctor

// Places in Okta's Admin Console.
const (
	atRedirects   = "Applications → your app → General → Sign-in redirect URIs"
	atSignOuts    = "Applications → your app → General → Sign-out redirect URIs"
	atPKCE        = "Applications → your app → General → Proof Key for Code Exchange (PKCE)"
	atCredentials = "Applications → your app → General → Client Credentials"
	atGrants      = "Applications → your app → General → Grant type"
	atProofs      = "Applications → your app → General → General Settings → Proof of possession: Require Demonstrating Proof of Possession (DPoP) header in token requests"
	atAssignments = "Applications → your app → Assignments"

	atIssuer   = "Security → API → Authorization Servers → Issuer URI"
	atScopes   = "Security → API → Authorization Servers → your server → Scopes"
	atPolicies = "Security → API → Authorization Servers → your server → Access Policies"
	atClaims   = "Security → API → Authorization Servers → your server → Claims"
	// atAppClaims is where the org's own server has them.
	atAppClaims = "Applications → your app → Sign On → OpenID Connect ID Token"

	atTokens = "Security → API → Tokens"
	atAdmins = "Security → Administrators"
)
