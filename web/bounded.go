package web

import (
	"log/slog"
	"net"
	"sync"
	"sync/atomic"
)

// bounded lets so many connections be open at a time, and says so once for each
// time that they are all taken.
type bounded struct {
	net.Listener
	log    *slog.Logger
	open   *atomic.Int64
	places chan struct{}
	full   atomic.Bool
	closed chan struct{}
	close  func() error
}

// Bound returns listener with room for so many connections at a time. Further
// clients wait until one of those leaves. open, where it is not nil, is kept at how many
// there are.
func Bound(listener net.Listener, most int, open *atomic.Int64, log *slog.Logger) net.Listener {
	if open == nil {
		open = new(atomic.Int64)
	}
	b := &bounded{Listener: listener, log: log, open: open, places: make(chan struct{}, most), closed: make(chan struct{})}
	b.close = sync.OnceValue(func() error {
		close(b.closed)
		return listener.Close()
	})
	return b
}

// Accept waits for a place, then for a connection.
func (b *bounded) Accept() (net.Conn, error) {
	select {
	case b.places <- struct{}{}:
	default:
		if !b.full.Swap(true) {
			b.log.Warn("all connections are taken; further clients wait", "connections", cap(b.places))
		}
		select {
		case b.places <- struct{}{}:
		case <-b.closed:
			return nil, net.ErrClosed
		}
	}
	conn, err := b.Listener.Accept()
	if err != nil {
		<-b.places
		return nil, err
	}
	b.open.Add(1)
	return &placed{Conn: conn, leave: sync.OnceFunc(b.leave)}, nil
}

func (b *bounded) leave() {
	b.open.Add(-1)
	<-b.places
	if len(b.places) < cap(b.places)/2 {
		b.full.Store(false)
	}
}

// Close stops listening.
func (b *bounded) Close() error { return b.close() }

// placed gives its place back when it is closed.
type placed struct {
	net.Conn
	leave func()
}

// Close implements net.Conn.
func (c *placed) Close() error {
	defer c.leave()
	return c.Conn.Close()
}
