package config

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"example.com/okta-gin/config/weburl"
)

// check finds what is wrong with the parsed values and puts the rest into its final form.
// given are the values by name, from before the defaults.
func (c *Config) check(given map[string]string, found *problems) {
	var err error

	c.Issuer, err = checkIssuer(c.Issuer)
	found.add("OKTA_OAUTH2_ISSUER", err)
	found.add("OKTA_OAUTH2_CLIENT_ID", checkCredential(c.ClientID))
	c.ClientSecret, c.OtherClientSecret, err = splitClientSecret(c.ClientSecret)
	found.add("OKTA_OAUTH2_CLIENT_SECRET", err)
	switch {
	case c.ClientSecret.IsSet() && c.ClientKeys.IsSet():
		found.add(clientKeyName, invalid("is given beside OKTA_OAUTH2_CLIENT_SECRET; remove one of them, the one that the app integration does not use"))
	case !c.ClientSecret.IsSet() && !c.ClientKeys.IsSet() && !found.has(clientKeyName):
		found.add("OKTA_OAUTH2_CLIENT_SECRET", invalid("is missing, and there is no "+clientKeyName+" in its place"))
	}

	c.checkAddress(given, found)
	c.checkSession(found)

	c.Scopes = dropEmpty(c.Scopes)
	found.add("OKTA_SCOPES", checkScopes(c.Scopes))
	if !slices.Contains(c.Scopes, "openid") {
		found.add("OKTA_SCOPES", invalid(`must contain "openid"; scopes are separated by spaces`))
	}
	c.Prompt = strings.Join(strings.Fields(c.Prompt), " ")
	found.add("OKTA_PROMPT", oneOf(c.Prompt, "", "none", "login", "consent", "login consent", "consent login"))
	found.add("OKTA_TIMEOUT", checkDuration(c.OktaTimeout, 100*time.Millisecond, 10*time.Second))
	found.add("OKTA_RESPONSE_MODE", oneOf(c.ResponseMode, "query", "form_post"))
	c.checkWidget(found)
	found.add("OKTA_PAR", oneOf(c.PAR, "auto", "require", "off"))
	c.checkBinding(found)

	if strings.ContainsAny(c.APIAudience, " ,") {
		found.add("OKTA_API_AUDIENCE", invalid("must be one audience, such as api://default"))
	}
	for _, id := range c.APIClientIDs {
		found.add("OKTA_API_CLIENT_IDS", checkCredential(id))
	}
	c.APIScopes = dropEmpty(c.APIScopes)
	found.add("OKTA_API_SCOPES", checkScopes(c.APIScopes))
	for i, raw := range c.CORSAllowedOrigins {
		c.CORSAllowedOrigins[i], err = weburl.Origin(raw)
		found.add("CORS_ALLOWED_ORIGINS", err)
	}
	if c.APIToken.IsSet() {
		found.add("OKTA_API_TOKEN", checkCredential(c.APIToken.Reveal()))
		if !found.has("OKTA_OAUTH2_ISSUER") && !c.OktaShaped() {
			found.add("OKTA_API_TOKEN", invalid("is for Okta alone, and OKTA_OAUTH2_ISSUER is not an Okta authorization server; remove one of them"))
		}
	}
	c.checkProxyRoutes(found)
	c.checkOutside(found)
	found.add("DOCTOR_AT_START", oneOf(c.DoctorAtStart, "quick", "full", "off"))
	found.add("LOG_FORMAT", oneOf(c.LogFormat, "", "text", "json"))
	c.checkTraces(found)
}

func (c *Config) checkWidget(found *problems) {
	found.add("OKTA_ENGINE", oneOf(c.Engine, "", "identity", "classic"))
	found.add("SIGN_IN", oneOf(c.SignIn, "redirect", "widget"))
	if c.SignIn != widget {
		return
	}
	if !found.has("OKTA_OAUTH2_ISSUER") && !c.OktaShaped() {
		found.add("SIGN_IN", invalid(`must be "redirect": the widget is for Okta alone, and OKTA_OAUTH2_ISSUER is not an Okta authorization server`))
	}
	if c.Prompt != "" && c.Prompt != "login" {
		found.add("SIGN_IN", invalid(`must be "redirect": the widget always asks for the password, and OKTA_PROMPT says otherwise`))
	}
	if c.PAR == "require" {
		found.add("SIGN_IN", invalid(`must be "redirect": the widget's parameters pass through the browser, and OKTA_PAR is require`))
	}
}

func (c *Config) checkAddress(given map[string]string, found *problems) {
	if c.Port < 1 || c.Port > 65535 {
		found.add("PORT", invalid("must be a number from 1 to 65535"))
	}
	if c.Listen != "" {
		found.add("LISTEN", c.checkListen(given["PORT"] != ""))
	}
	found.add("BASE_URL", c.checkBaseURL())
	if c.MetricsListen != "" {
		found.add("METRICS_LISTEN", c.checkMetricsListen())
	}
	c.checkTLS(found)
	found.add("SHUTDOWN_DELAY", checkDuration(c.ShutdownDelay, 0, maxShutdownDelay))
}

func (c *Config) checkListen(portGiven bool) error {
	at, err := parseListen(c.Listen)
	if err == nil && portGiven && at.port != c.Port {
		return invalid("says otherwise than PORT; remove one of them")
	}
	return err
}

func (c *Config) checkMetricsListen() error {
	at, err := parseListen(c.MetricsListen)
	if err != nil {
		return err
	}
	network, address := c.ListenOn()
	if at.network == systemd && network == systemd && (at.address == "" || address == "") {
		return invalid("and LISTEN must each say which of systemd's sockets: systemd:NAME, by its FileDescriptorName=")
	}
	if at.network == network && at.address == address {
		return invalid("must not be where the app itself listens")
	}
	return nil
}

// checkBaseURL puts this machine, at the port that the app listens on, where no address is given.
func (c *Config) checkBaseURL() error {
	if c.BaseURL != "" {
		base, err := weburl.Base(c.BaseURL)
		if err == nil {
			c.BaseURL = base
		}
		return err
	}
	port := c.Port
	if at, err := parseListen(c.Listen); c.Listen != "" && err == nil {
		if at.network != "tcp" {
			return invalid("is missing, and needed because LISTEN names no port")
		}
		port = at.port
	}
	c.BaseURL = "http://localhost:" + strconv.Itoa(port)
	return nil
}

func (c *Config) checkSession(found *problems) {
	if len(c.SessionSecrets) == 0 {
		if weburl.IsElsewhere(c.BaseURL) {
			found.add("SESSION_SECRET", invalid("is missing, and needed because BASE_URL is not this machine; make one with `openssl rand -hex 32`"))
		}
		c.SessionSecrets = []Secret{generateKey()}
		c.SessionSecretGenerated = true
	}

	if c.CookieName != "" {
		found.add("COOKIE_NAME", checkCookieName(c.CookieName))
	}
	if store := c.SessionStore.Reveal(); store != "cookie" {
		found.add("SESSION_STORE", checkRedisURL(store, `must be "cookie", or `))
	}
	if c.RedisURL.IsSet() {
		found.add("REDIS_URL", checkRedisURL(c.RedisURL.Reveal(), "must be "))
	}

	if c.StateFile != "" && c.HasRedis() {
		found.add("STATE_FILE", invalid("is for a single process without Redis; remove it, or SESSION_STORE and REDIS_URL"))
	}

	found.add("SESSION_IDLE_TIMEOUT", checkDuration(c.SessionIdleTimeout, time.Second, maxSession))
	found.add("SESSION_MAX_AGE", checkDuration(c.SessionMaxAge, time.Second, maxSession))
	if c.SessionIdleTimeout > c.SessionMaxAge && !found.has("SESSION_IDLE_TIMEOUT") {
		found.add("SESSION_MAX_AGE", invalid("must not be shorter than SESSION_IDLE_TIMEOUT"))
	}
	if most := c.KeptFormMax; most != 0 && (most < minKeptForm || most > maxKeptForm) {
		found.add("KEPT_FORM_MAX", invalid("must be 0, for no forms, or bytes from 65536 to 4194304"))
	}
	found.add("SESSION_RENEW_GRACE", checkDuration(c.SessionRenewGrace, 0, maxRenewGrace))
}

const (
	maxSession    = 30 * 24 * time.Hour
	maxRenewGrace = 24 * time.Hour

	minKeptForm = 64 << 10
	maxKeptForm = 4 << 20
)

func checkDuration(value, least, most time.Duration) error {
	if value < least || value > most {
		return invalid("must be from " + spelled(least) + " to " + spelled(most))
	}
	return nil
}

// spelled is d without minutes and seconds that are zero.
func spelled(d time.Duration) string {
	text := d.String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}

// maxCookieName leaves room for a prefix and what the store adds.
const maxCookieName = 40

// cookieToken is a token of RFC 6265, section 4.1.1.
var cookieToken = regexp.MustCompile("^[A-Za-z0-9!#$%&'*+.^_`|~-]+$")

func checkCookieName(name string) error {
	switch {
	case len(name) > maxCookieName || !cookieToken.MatchString(name):
		return invalid(fmt.Sprintf("must be one word of letters, digits, - and _, %d at the most", maxCookieName))
	case strings.HasPrefix(name, "__"):
		return invalid("must not begin with __; prefixes such as __Host- are added where they belong")
	}
	return nil
}

// visible matches the characters of client ids and tokens (RFC 6749, appendix A).
var visible = regexp.MustCompile(`^[!-~]+$`)

func checkCredential(value string) error {
	switch {
	case value == "":
		return invalid("is missing")
	case !visible.MatchString(value):
		return invalid("must be one word of ASCII characters")
	}
	return nil
}

// scopeToken is what RFC 6749, section 3.3 allows in a scope.
var scopeToken = regexp.MustCompile(`^[!#-\[\]-~]+$`)

func checkScopes(scopes []string) error {
	for _, scope := range scopes {
		if !scopeToken.MatchString(scope) || strings.Contains(scope, ",") {
			return invalid("must be scopes separated by spaces, without commas or quotes")
		}
	}
	return nil
}

func oneOf(value string, allowed ...string) error {
	if slices.Contains(allowed, value) {
		return nil
	}
	var quoted []string
	for _, each := range allowed {
		if each != "" {
			quoted = append(quoted, strconv.Quote(each))
		}
	}
	last := len(quoted) - 1
	return invalid("must be " + strings.Join(quoted[:last], ", ") + " or " + quoted[last])
}

func dropEmpty(list []string) []string {
	return slices.DeleteFunc(list, func(item string) bool { return item == "" })
}

// checkRedisURL checks the form alone; lead begins its message.
func checkRedisURL(raw, lead string) error {
	u, err := url.Parse(raw)
	if err == nil && (u.Host == "HOST" || strings.HasPrefix(u.Host, "HOST:") || strings.Contains(raw, ":PASSWORD@")) {
		return invalid("is still the placeholder of an example; put the real value in its place")
	}
	if err != nil || u.Scheme != "redis" && u.Scheme != "rediss" || u.Hostname() == "" || !weburl.ValidPort(u) {
		return invalid(lead + "redis://HOST:PORT or rediss://HOST:PORT; in a password, write special characters as %XX")
	}
	if !databasePath.MatchString(u.Path) {
		return invalid("must name no more than a database number after the host, such as redis://localhost:6379/1")
	}
	if _, err := url.ParseQuery(u.RawQuery); err != nil || u.Fragment != "" {
		return invalid("must end in well-formed parameters, such as ?master_name=main")
	}
	return nil
}

var databasePath = regexp.MustCompile(`^/?[0-9]*$`)
