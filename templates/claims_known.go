package templates

// claimKind is what a known claim's value stands for, where its JSON type doesn't say.
type claimKind int

const (
	asIs    claimKind = iota
	moments           // seconds since 1970
	link              // a web address
	methods           // authentication methods, RFC 8176
)

// knownClaim is a claim that there are words for: the texts of its section, and label. and
// meaning. with the name in text.
type knownClaim struct {
	section, name, text string
	kind                claimKind
}

const (
	whoYouAre = "section.who"
	contact   = "section.contact"
	access    = "section.access"
	signIn    = "section.sign_in"
	technical = "section.technical"
	others    = "section.others"
)

const unknownMeaning = "claims.unknown"

// knownClaims are those of OpenID Connect Core 1.0 (sections 2 and 5.1), RFC 7519 and Okta, in the order they are shown.
var knownClaims = []knownClaim{
	{whoYouAre, "sub", "sub", asIs},
	{whoYouAre, "name", "name", asIs},
	{whoYouAre, "preferred_username", "preferred_username", asIs},
	{whoYouAre, "login", "preferred_username", asIs},
	{whoYouAre, "given_name", "given_name", asIs},
	{whoYouAre, "middle_name", "middle_name", asIs},
	{whoYouAre, "family_name", "family_name", asIs},
	{whoYouAre, "nickname", "nickname", asIs},
	{whoYouAre, "gender", "gender", asIs},
	{whoYouAre, "birthdate", "birthdate", asIs},
	{whoYouAre, "profile", "profile", link},
	{whoYouAre, "picture", "picture", link},
	{whoYouAre, "website", "website", link},
	{whoYouAre, "locale", "locale", asIs},
	{whoYouAre, "zoneinfo", "zoneinfo", asIs},
	{whoYouAre, "updated_at", "updated_at", moments},

	{contact, "email", "email", asIs},
	{contact, "email_verified", "email_verified", asIs},
	{contact, "phone_number", "phone_number", asIs},
	{contact, "phone_number_verified", "phone_number_verified", asIs},
	{contact, "address", "address", asIs},

	{access, "groups", "groups", asIs},
	{access, "roles", "roles", asIs},
	{access, "scp", "scp", asIs},
	{access, "scope", "scp", asIs},

	{signIn, "auth_time", "auth_time", moments},
	{signIn, "amr", "amr", methods},
	{signIn, "acr", "acr", asIs},
	{signIn, "idp", "idp", asIs},
	{signIn, "sid", "sid", asIs},

	{technical, "iss", "iss", asIs},
	{technical, "aud", "aud", asIs},
	{technical, "azp", "azp", asIs},
	{technical, "cid", "cid", asIs},
	{technical, "uid", "uid", asIs},
	{technical, "iat", "iat", moments},
	{technical, "nbf", "nbf", moments},
	{technical, "exp", "exp", moments},
	{technical, "jti", "jti", asIs},
	{technical, "nonce", "nonce", asIs},
	{technical, "at_hash", "at_hash", asIs},
	{technical, "c_hash", "c_hash", asIs},
	{technical, "s_hash", "s_hash", asIs},
	{technical, "cnf", "cnf", asIs},
	{technical, "ver", "ver", asIs},
}
