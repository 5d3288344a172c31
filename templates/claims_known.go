package templates

// claimKind is what a known claim's value stands for, where its JSON type doesn't say.
type claimKind int

const (
	asIs    claimKind = iota
	moments           // seconds since 1970
	link              // a web address
	methods           // authentication methods, RFC 8176
)

type knownClaim struct {
	section, name, label, meaning string
	kind                          claimKind
}

const (
	whoYouAre = "Who you are"
	contact   = "How to reach you"
	access    = "Groups and access"
	signIn    = "This sign-in"
	technical = "Technical"
)

const unknownMeaning = "Not a standard claim. Whoever runs the Okta org may have added it."

// knownClaims are those of OpenID Connect Core 1.0 (sections 2 and 5.1), RFC 7519 and Okta, in the order they are shown.
var knownClaims = []knownClaim{
	{whoYouAre, "sub", "User ID", "Okta's permanent name for you. It stays the same when your name or email changes.", asIs},
	{whoYouAre, "name", "Full name", "Your name as people should see it.", asIs},
	{whoYouAre, "preferred_username", "Username", "What you sign in to Okta with.", asIs},
	{whoYouAre, "login", "Username", "What you sign in to Okta with.", asIs},
	{whoYouAre, "given_name", "First name", "Your given name or names.", asIs},
	{whoYouAre, "middle_name", "Middle name", "Your middle name or names.", asIs},
	{whoYouAre, "family_name", "Last name", "Your family name or names.", asIs},
	{whoYouAre, "nickname", "Nickname", "What you like to be called.", asIs},
	{whoYouAre, "gender", "Gender", "As recorded in your profile.", asIs},
	{whoYouAre, "birthdate", "Date of birth", "Year, month and day; the year 0000 means it was left out.", asIs},
	{whoYouAre, "profile", "Profile page", "The address of a page about you.", link},
	{whoYouAre, "picture", "Picture", "The address of a picture of you.", link},
	{whoYouAre, "website", "Website", "The address of your own or your organization's site.", link},
	{whoYouAre, "locale", "Language", "Your language and region, such as en-US.", asIs},
	{whoYouAre, "zoneinfo", "Time zone", "The time zone you are usually in.", asIs},
	{whoYouAre, "updated_at", "Profile updated", "When your profile was last changed.", moments},

	{contact, "email", "Email", "Your main email address. It can change, so apps should know you by your user ID.", asIs},
	{contact, "email_verified", "Email verified", "Whether Okta has made sure that the address is yours.", asIs},
	{contact, "phone_number", "Phone number", "Your main phone number.", asIs},
	{contact, "phone_number_verified", "Phone verified", "Whether Okta has made sure that the number is yours.", asIs},
	{contact, "address", "Postal address", "Your main postal address, in parts.", asIs},

	{access, "groups", "Groups", "The Okta groups you belong to, as far as this app is told.", asIs},
	{access, "roles", "Roles", "What you are allowed to act as.", asIs},
	{access, "scp", "Scopes", "What the access token may be used for.", asIs},
	{access, "scope", "Scopes", "What the access token may be used for.", asIs},

	{signIn, "auth_time", "Signed in to Okta", "When you last proved to Okta who you are. With single sign-on this can be earlier than your sign-in here.", moments},
	{signIn, "amr", "How you proved it", "The methods you signed in to Okta with.", methods},
	{signIn, "acr", "Assurance level", "How strongly Okta made sure that it is you.", asIs},
	{signIn, "idp", "Identity provider", "Who checked your identity: the Okta org itself, or another provider that it trusts.", asIs},
	{signIn, "sid", "Okta session", "Okta's name for your session there, for signing out.", asIs},

	{technical, "iss", "Issuer", "The Okta authorization server that vouches for these claims.", asIs},
	{technical, "aud", "Audience", "Whom the token is meant for: this app's client ID.", asIs},
	{technical, "azp", "Authorized party", "The client that the token was issued to.", asIs},
	{technical, "cid", "Client ID", "The client that asked for the token.", asIs},
	{technical, "uid", "User ID", "Okta's permanent name for you, as an access token has it.", asIs},
	{technical, "iat", "Token issued", "When Okta made the token.", moments},
	{technical, "nbf", "Not valid before", "From when on the token may be used.", moments},
	{technical, "exp", "Token expires", "When the token stops being valid. Your session here has its own limits.", moments},
	{technical, "jti", "Token ID", "A name for this one token.", asIs},
	{technical, "nonce", "Nonce", "A random value that ties the token to the sign-in this app began.", asIs},
	{technical, "at_hash", "Access token hash", "A checksum that ties the ID token to its access token.", asIs},
	{technical, "c_hash", "Code hash", "A checksum that ties the ID token to the authorization code.", asIs},
	{technical, "s_hash", "State hash", "A checksum that ties the ID token to the state this app sent.", asIs},
	{technical, "cnf", "Confirmation", "The key that whoever uses the token must have.", asIs},
	{technical, "ver", "Version", "The version of Okta's token format.", asIs},
}

// methodWords says the values of amr in plain words (RFC 8176 section 2, and Okta's own).
var methodWords = map[string]string{
	"pwd":         "password",
	"mfa":         "several factors",
	"otp":         "one-time code",
	"kba":         "security question",
	"sms":         "text message",
	"tel":         "phone call",
	"email":       "email",
	"swk":         "key kept in software",
	"hwk":         "key kept in hardware",
	"pop":         "proof of a key",
	"fpt":         "fingerprint",
	"face":        "face recognition",
	"user":        "you were there to confirm",
	"pin":         "PIN",
	"sc":          "smart card",
	"mca":         "several channels",
	"geo":         "location",
	"duo":         "Duo",
	"okta_verify": "Okta Verify",
}
