// Package config holds the app's settings: read from the environment and two files, checked
// all at once, and handed on as one value.
//
// Nothing else in the app reads environment variables, but for the OpenTelemetry library, which
// reads those of the OTEL_* variables that are no settings here.
package config

import (
	"log/slog"
	"net/netip"
	"time"

	"example.com/okta-gin/config/proxyroute"
)

// Config is the app's settings. [Load] returns it checked; the tags are the list of settings
// that exist, with their defaults.
type Config struct {
	// Issuer is the URL of the authorization server, letter by letter as its tokens carry it. It
	// is https, or http on a loopback host, and has no user name, query or fragment.
	Issuer string `env:"OKTA_OAUTH2_ISSUER"`
	// ClientID and ClientSecret identify this app to Okta.
	ClientID     string `env:"OKTA_OAUTH2_CLIENT_ID"`
	ClientSecret Secret `env:"OKTA_OAUTH2_CLIENT_SECRET"`
	// OtherClientSecret is the second of two in the same setting, while one is being replaced at
	// Okta: it is tried where the first is refused.
	OtherClientSecret Secret `env:"-"`
	// ClientKeys stand in place of ClientSecret (private_key_jwt): a JWK set (RFC 7517 section 5) of
	// private keys, RSA from 2048 bits or P-256, each with a kid. The first signs, the public halves
	// of all are published. Exactly one of ClientSecret and ClientKeys is set.
	ClientKeys Secret `env:"OKTA_OAUTH2_CLIENT_KEY"`

	// Port is the TCP port to listen on, 1 to 65535. Listen, where it is set, goes before it.
	Port int `env:"PORT" envDefault:"8080"`
	// Listen is where to listen, or empty for Port: "HOST:PORT", ":PORT", "unix:/PATH",
	// "systemd" or "systemd:NAME". [Config.ListenOn] reads it.
	Listen string `env:"LISTEN"`
	// MetricsListen is where to serve metrics apart from the app, or empty, in the form of
	// Listen. [Config.MetricsListenOn] reads it.
	MetricsListen string `env:"METRICS_LISTEN"`
	// TLSCertFile and TLSKeyFile name files in PEM form with which the app itself speaks TLS, or
	// are both empty. When [Load] read them, they fitted each other.
	TLSCertFile string `env:"TLS_CERT_FILE"`
	TLSKeyFile  string `env:"TLS_KEY_FILE"`
	// ShutdownDelay is how long the app still takes requests after it was told to stop, so that
	// whoever sends them here sees on /readyz that it leaves. It is from 0 to an hour.
	ShutdownDelay time.Duration `env:"SHUTDOWN_DELAY" envDefault:"0s"`
	// BaseURL is the app's address as people see it: scheme, host, port where it is not the
	// scheme's own, and a path where the app lives below one. It has no trailing slash and is
	// https unless the host is loopback.
	BaseURL string `env:"BASE_URL"`
	// TrustedProxies are the addresses whose X-Forwarded-* headers are believed.
	TrustedProxies []netip.Prefix `env:"TRUSTED_PROXIES"`

	// SessionSecrets are the decoded keys that seal sessions, 32 bytes or more each. The first
	// seals, all of them open. There is always at least one.
	SessionSecrets []Secret `env:"SESSION_SECRET"`
	// SessionSecretGenerated is true where no secret was given and a random one stands in for it,
	// which ends all sessions at the next start. This happens on loopback only.
	SessionSecretGenerated bool `env:"-"`
	// CookieName is the session cookie's name before any prefix, or empty for a derived one.
	// [Config.SessionCookieName] gives the one to use.
	CookieName string `env:"COOKIE_NAME"`
	// SessionStore is "cookie" or a redis:// or rediss:// URL, which may hold a password.
	SessionStore Secret `env:"SESSION_STORE" envDefault:"cookie"`
	// RedisURL is a redis:// or rediss:// URL, or not set. With the cookie store it is where
	// several processes share which sessions have ended.
	RedisURL Secret `env:"REDIS_URL"`
	// StateFile is the file in which a process without Redis remembers which sessions have ended, or
	// empty. It is set with the cookie store alone.
	StateFile string `env:"STATE_FILE"`
	// SessionIdleTimeout and SessionMaxAge end a session: so long after its last request, and so
	// long after sign-in. Both are a second or more, and the first is not above the second.
	SessionIdleTimeout time.Duration `env:"SESSION_IDLE_TIMEOUT" envDefault:"1h"`
	SessionMaxAge      time.Duration `env:"SESSION_MAX_AGE" envDefault:"12h"`
	// SessionRenewGrace is how long a session outlives its access token while Okta cannot be
	// reached to renew it. It is never negative.
	SessionRenewGrace time.Duration `env:"SESSION_RENEW_GRACE" envDefault:"15m"`
	// SessionShowAddress has people see from which network address each of their sessions began.
	SessionShowAddress bool `env:"SESSION_SHOW_ADDRESS" envDefault:"false"`
	// KeptFormMax is how many bytes a form with files may have that is kept until its person has
	// signed in again: 64 KB to 4 MB, or 0 for no forms at all.
	KeptFormMax int `env:"KEPT_FORM_MAX" envDefault:"1048576"`

	// Scopes are asked for at sign-in. "openid" is among them.
	Scopes []string `env:"OKTA_SCOPES" envSeparator:" " envDefault:"openid profile email"`
	// Prompt is the prompt parameter of every sign-in, or empty for Okta's own judgement.
	Prompt string `env:"OKTA_PROMPT"`
	// ResponseMode is "query" or "form_post".
	ResponseMode string `env:"OKTA_RESPONSE_MODE" envDefault:"query"`
	// SignIn is where people sign in: "redirect" for Okta's hosted page, "widget" for a page of
	// the app's own with the Okta Sign-In Widget.
	SignIn string `env:"SIGN_IN" envDefault:"redirect"`
	// Engine is what the org runs on, for the widget: "identity", "classic", or empty to ask it.
	Engine string `env:"OKTA_ENGINE"`
	// PAR says whether sign-ins are announced to Okta directly (RFC 9126) so that their parameters
	// pass through no browser: "auto", where Okta offers it, "require" or "off".
	PAR string `env:"OKTA_PAR" envDefault:"auto"`
	// DPoP says whether the tokens of people are bound to a key of their session (RFC 9449): "on" or
	// "off".
	DPoP string `env:"OKTA_DPOP" envDefault:"off"`
	// JAR says whether the parameters of sign-ins are signed with the first of ClientKeys (RFC 9101):
	// "on" or "off".
	JAR string `env:"OKTA_JAR" envDefault:"off"`
	// Resources are the services that access tokens are asked for (RFC 8707): absolute URLs without
	// a fragment. Empty: none is named.
	Resources List `env:"OKTA_RESOURCE"`
	// OktaTimeout is how long a request to Okta may take, from 100 ms to 10 s. In a Config that
	// is not [Load]'s, 0 means 5 s.
	OktaTimeout time.Duration `env:"OKTA_TIMEOUT" envDefault:"5s"`
	// RequireGroups closes the app to people who are in none of these groups. Empty: everyone.
	RequireGroups List `env:"REQUIRE_GROUPS"`
	// AdminGroups may use the operator's console. Empty: there is none.
	AdminGroups List `env:"ADMIN_GROUPS"`

	// APIAudience is the aud that bearer tokens must carry.
	APIAudience string `env:"OKTA_API_AUDIENCE" envDefault:"api://default"`
	// APIClientIDs are the apps whose bearer tokens are accepted. Empty: any.
	APIClientIDs List `env:"OKTA_API_CLIENT_IDS"`
	// APIScopes are demanded of bearer tokens by GET /api/messages. Empty: none.
	APIScopes []string `env:"OKTA_API_SCOPES" envSeparator:" "`
	// CORSAllowedOrigins are the origins of browser front ends, written as browsers send them.
	CORSAllowedOrigins List `env:"CORS_ALLOWED_ORIGINS"`
	// ProxyRoutes are the paths of the app that lead to other services, which are called with
	// people's access tokens. Empty: none. Where there are any, WantsRenewal is true.
	ProxyRoutes []proxyroute.Route `env:"PROXY_ROUTES"`
	// APIToken is for Okta's management API and turns on directory look-ups.
	APIToken Secret `env:"OKTA_API_TOKEN"`

	// UniversalLogoutIssuer and UniversalLogoutKeys are who signs Universal Logout requests, and
	// where its keys are. [Config.UniversalLogout] gives those to go by.
	UniversalLogoutIssuer string `env:"OKTA_UNIVERSAL_LOGOUT_ISSUER"`
	UniversalLogoutKeys   string `env:"OKTA_UNIVERSAL_LOGOUT_KEYS"`
	// EventHookSecret is the whole Authorization header of Okta's event hooks, 16 characters or
	// more. Not set: the app takes no event hooks.
	EventHookSecret Secret `env:"OKTA_EVENT_HOOK_SECRET"`

	// DoctorAtStart is how far the doctor looks once the app serves: "quick", asking Okta nothing more
	// than the app does unless people can't sign in, "full", or "off".
	DoctorAtStart string `env:"DOCTOR_AT_START" envDefault:"quick"`

	// LogLevel is the least severe level to log.
	LogLevel slog.Level `env:"LOG_LEVEL" envDefault:"info"`
	// LogFormat is "text", "json", or empty for text on a terminal and JSON elsewhere.
	LogFormat string `env:"LOG_FORMAT"`

	// OTLPEndpoint and TracesEndpoint are where OpenTelemetry traces go, or empty; OTLPProtocol and
	// TracesExporter say how, and whether. [Config.TracesTo] reads them. All four are variables of
	// the OpenTelemetry specification.
	OTLPEndpoint   string `env:"OTEL_EXPORTER_OTLP_ENDPOINT"`
	TracesEndpoint string `env:"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"`
	OTLPProtocol   string `env:"OTEL_EXPORTER_OTLP_PROTOCOL"`
	TracesExporter string `env:"OTEL_TRACES_EXPORTER"`

	source *source `env:"-"` // nil for a Config that is not Read's
}

// source is what [Read] read.
type source struct {
	dir     string
	environ []string
}
