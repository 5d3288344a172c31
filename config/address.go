package config

import (
	"strconv"
	"strings"
	"time"

	"example.com/okta-gin/config/weburl"
)

// maxShutdownDelay bounds SHUTDOWN_DELAY: whoever stops a process waits no longer.
const maxShutdownDelay = time.Hour

// Secure reports whether people reach the app over https.
func (c Config) Secure() bool { return strings.HasPrefix(c.BaseURL, "https://") }

// Origin is the scheme, host and port of BaseURL, as browsers send it in the Origin header.
func (c Config) Origin() string { return weburl.Of(c.BaseURL) }

// BasePath is the path of BaseURL: empty, or one such as "/portal" that begins with a slash and
// does not end with one.
func (c Config) BasePath() string { return strings.TrimPrefix(c.BaseURL, c.Origin()) }

// ListenOn returns what [net.Listen] takes. The network is "tcp", "unix", or "systemd" where the
// socket is handed over at start; the address is then the socket's name, or empty for the only one.
//
// Without a LISTEN of its own, an app whose BASE_URL is loopback is reached from this machine
// alone: at the address that BASE_URL names, or 127.0.0.1 for localhost. Any other app listens on
// PORT at all addresses.
func (c Config) ListenOn() (network, address string) {
	if at, err := parseListen(c.Listen); c.Listen != "" && err == nil {
		return at.network, at.address
	}
	return "tcp", defaultListen(c.BaseURL, c.Port)
}

// MetricsListenOn returns what [net.Listen] takes for the listener of the metrics. ok is false
// where there is none.
func (c Config) MetricsListenOn() (network, address string, ok bool) {
	at, err := parseListen(c.MetricsListen)
	if c.MetricsListen == "" || err != nil {
		return "", "", false
	}
	return at.network, at.address, true
}

// OnThisMachine reports whether people reach the app at a loopback address alone.
func (c Config) OnThisMachine() bool { return !weburl.IsElsewhere(c.BaseURL) }

// ListenSetting is the name of the setting that says where the app listens.
func (c Config) ListenSetting() string {
	if c.Listen != "" {
		return "LISTEN"
	}
	return "PORT"
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
