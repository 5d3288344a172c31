package config

import (
	"strings"

	"example.com/okta-gin/config/weburl"
)

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
