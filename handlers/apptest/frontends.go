package apptest

// FrontEndOrigin is that of a front end elsewhere.
const FrontEndOrigin = "https://spa.example"

// WithFrontEnd are the settings of an app that has it, and one on the same site.
var WithFrontEnd = map[string]string{"CORS_ALLOWED_ORIGINS": FrontEndOrigin + ",http://localhost:3000"}

// ForeignOrigins are none that the app knows, though some look alike.
var ForeignOrigins = map[string]string{
	"another site":       "https://evil.example",
	"a subdomain":        "https://a.spa.example",
	"the parent":         "https://example",
	"a longer host":      "https://spa.example.evil.example",
	"a longer name":      "https://notspa.example",
	"another scheme":     "http://spa.example",
	"another port":       "https://spa.example:8443",
	"the default port":   "https://spa.example:443",
	"a slash at the end": "https://spa.example/",
	"upper case":         "HTTPS://SPA.EXAMPLE",
	"none":               "null",
	"every":              "*",
	"two":                "https://spa.example https://evil.example",
	"a host alone":       "spa.example",
}
