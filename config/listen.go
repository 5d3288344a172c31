package config

import (
	"net"
	"net/netip"
	"net/url"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"example.com/okta-gin/config/weburl"
)

const (
	systemd = "systemd"
	// maxSocketPath is what the kernels of Linux, macOS and the BSDs all take, in bytes.
	maxSocketPath = 103
)

// listenAt is a place to listen. address is a socket's name for systemd, which may be empty, and port
// is 0 for all but tcp.
type listenAt struct {
	network, address string
	port             int
}

// socketName is what FileDescriptorName= takes of names that LISTEN_FDNAMES does not blur.
var socketName = regexp.MustCompile(`^[A-Za-z0-9._-]{1,255}$`)

// parseListen reads "HOST:PORT", ":PORT", "unix:/PATH", "systemd" and "systemd:NAME".
func parseListen(text string) (listenAt, error) {
	if text == systemd {
		return listenAt{network: systemd}, nil
	}
	if name, ok := strings.CutPrefix(text, systemd+":"); ok {
		if !socketName.MatchString(name) {
			return listenAt{}, invalid("must name a socket as its FileDescriptorName= does, such as systemd:metrics, in letters, digits, dots, hyphens and underscores")
		}
		return listenAt{network: systemd, address: name}, nil
	}
	if path, ok := strings.CutPrefix(text, "unix:"); ok {
		if !filepath.IsAbs(path) || filepath.Clean(path) != path || path == "/" || len(path) > maxSocketPath {
			return listenAt{}, invalid("must name a socket by its full path, such as unix:/run/app/http.sock, of " + strconv.Itoa(maxSocketPath) + " bytes at the most")
		}
		return listenAt{network: "unix", address: path}, nil
	}
	const form = invalid("must be HOST:PORT, :PORT, unix:/PATH, systemd or systemd:NAME, with a port from 1 to 65535")
	host, digits, err := net.SplitHostPort(text)
	if err != nil || host != "" && !isListenHost(host) {
		return listenAt{}, form
	}
	port, err := strconv.ParseUint(digits, 10, 16)
	if err != nil || port == 0 {
		return listenAt{}, form
	}
	return listenAt{network: "tcp", address: net.JoinHostPort(host, strconv.Itoa(int(port))), port: int(port)}, nil
}

func isListenHost(host string) bool {
	_, err := netip.ParseAddr(host)
	return err == nil || weburl.IsName(strings.ToLower(host))
}

// defaultListen is port at the loopback address that base names, or at all addresses.
func defaultListen(base string, port int) string {
	digits := strconv.Itoa(port)
	u, err := url.Parse(base)
	switch {
	case err != nil || !weburl.IsLoopback(u.Hostname()):
		return ":" + digits
	case u.Hostname() == "localhost":
		return net.JoinHostPort("127.0.0.1", digits)
	default:
		return net.JoinHostPort(u.Hostname(), digits)
	}
}
