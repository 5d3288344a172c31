package web

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

const (
	// socketMode lets the group of a Unix socket's owner connect, such as a proxy's.
	socketMode = 0o660
	// firstSocket is where systemd hands over its sockets, see sd_listen_fds(3).
	firstSocket = 3
)

// Listen opens network and address: "tcp", "unix" with the path of a socket, or
// "systemd" with the name of a socket that systemd hands over, or without one for the only
// one, by the variables of environ. A Unix socket that a process which was killed has left behind is replaced. Errors say
// what to do about them.
func Listen(ctx context.Context, network, address string, environ []string) (net.Listener, error) {
	switch network {
	case "systemd":
		return fromSystemd(address, environ)
	case "unix":
		listener, err := onSocket(ctx, address)
		return listener, advise(err)
	default:
		listener, err := new(net.ListenConfig).Listen(ctx, network, address)
		return listener, advise(err)
	}
}

// advise adds to an error of listening what helps.
func advise(err error) error {
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return fmt.Errorf("%w: another program, or this one a second time, listens there: stop it, or name another place", err)
	case errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("%w: this user may not listen there; ports below 1024 take the capability CAP_NET_BIND_SERVICE", err)
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		return fmt.Errorf("%w: this machine does not have that address", err)
	default:
		return err
	}
}

// fromSystemd takes over a socket as sd_listen_fds_with_names(3) says.
func fromSystemd(name string, environ []string) (net.Listener, error) {
	sockets, err := strconv.Atoi(variable(environ, "LISTEN_FDS"))
	if variable(environ, "LISTEN_PID") != strconv.Itoa(os.Getpid()) || err != nil || sockets < 1 {
		return nil, errors.New("systemd has handed over no socket: see systemd.socket(5)")
	}
	number := 0
	if names := strings.Split(variable(environ, "LISTEN_FDNAMES"), ":"); name != "" {
		number = slices.Index(names, name)
		if number < 0 || number >= sockets {
			return nil, fmt.Errorf("systemd has handed over no socket %q: give it that name by FileDescriptorName=", name)
		}
	} else if sockets > 1 {
		return nil, errors.New("systemd has handed over several sockets: say which by systemd:NAME")
	}
	file := os.NewFile(uintptr(firstSocket+number), "systemd socket")
	defer file.Close()
	listener, err := net.FileListener(file)
	if err != nil {
		return nil, fmt.Errorf("take over the socket of systemd: %w", err)
	}
	return listener, nil
}

// variable is the value of name in environ, empty where it is not there.
func variable(environ []string, name string) string {
	for _, entry := range environ {
		if value, ok := strings.CutPrefix(entry, name+"="); ok {
			return value
		}
	}
	return ""
}

func onSocket(ctx context.Context, path string) (net.Listener, error) {
	if err := removeStale(ctx, path); err != nil {
		return nil, err
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "unix", path)
	if err != nil {
		return nil, err
	}
	if err := os.Chmod(path, socketMode); err != nil {
		listener.Close()
		return nil, fmt.Errorf("let the group use the socket: %w", err)
	}
	return listener, nil
}

// removeStale removes a socket at path that nobody listens on.
func removeStale(ctx context.Context, path string) error {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) || err == nil && info.Mode()&fs.ModeSocket == 0 {
		return nil // to be told by Listen
	}
	if err != nil {
		return err
	}
	conn, err := (&net.Dialer{Timeout: time.Second}).DialContext(ctx, "unix", path)
	if err == nil {
		conn.Close()
		return nil
	}
	if !errors.Is(err, syscall.ECONNREFUSED) {
		return nil
	}
	return os.Remove(path)
}
