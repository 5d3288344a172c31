package proxy

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"sync/atomic"
	"time"
)

var errSilent = errors.New("the service was silent for too long")

// watch ends a call that has been silent for too long.
type watch struct {
	idle  time.Duration
	timer *time.Timer
}

func newWatch(idle time.Duration, end context.CancelCauseFunc) watch {
	return watch{idle, time.AfterFunc(idle, func() { end(errSilent) })}
}

func (w watch) heard() { w.timer.Reset(w.idle) }

// download is the body of a service's answer. The client has so long for each piece of
// it as patience says, however long the whole takes.
type download struct {
	io.ReadCloser
	watch
	control  *http.ResponseController
	patience time.Duration
	left     int64 // bytes to come, below zero where the service has not said how many
	allowed  time.Time
	cut      atomic.Pointer[error]
}

// Read implements io.Reader. It sends on what was read before, if more is to come: the
// reverse proxy does that by itself only for answers of unknown length.
func (d *download) Read(p []byte) (int, error) {
	if d.left > 0 && !d.allowed.IsZero() {
		_ = d.control.Flush() // who can't take it will not take the next piece either
	}
	n, err := d.ReadCloser.Read(p)
	if d.left -= int64(n); n > 0 && d.left != 0 {
		d.passOn()
	}
	if err != nil && err != io.EOF {
		d.cut.Store(&err)
	}
	return n, err
}

// passOn gives the client its time for a piece. To set that for each of many small ones
// would cost more than they do.
func (d *download) passOn() {
	now := time.Now()
	if now.Sub(d.allowed) < d.patience/8 {
		return
	}
	d.allowed = now
	d.heard()
	allow(d.control, d.patience)
}

// Close implements io.Closer.
func (d *download) Close() error {
	d.timer.Stop()
	return d.ReadCloser.Close()
}

// allow gives the client until then to take what is written to it.
func allow(control *http.ResponseController, patience time.Duration) {
	_ = control.SetWriteDeadline(time.Now().Add(patience)) // a writer that has none keeps nobody waiting
}

// tunnel is the service's end of a WebSocket.
type tunnel struct {
	io.ReadWriteCloser
	watch
}

// Read implements io.Reader.
func (t tunnel) Read(p []byte) (int, error) {
	n, err := t.ReadWriteCloser.Read(p)
	t.heard()
	return n, err
}

// Write implements io.Writer.
func (t tunnel) Write(p []byte) (int, error) {
	n, err := t.ReadWriteCloser.Write(p)
	t.heard()
	return n, err
}

// Close implements io.Closer.
func (t tunnel) Close() error {
	t.timer.Stop()
	return t.ReadWriteCloser.Close()
}

// hijackable gives the client of a WebSocket so long for each piece as patience says.
type hijackable struct {
	http.ResponseWriter
	patience time.Duration
}

// Unwrap is for http.ResponseController.
func (h hijackable) Unwrap() http.ResponseWriter { return h.ResponseWriter }

// Hijack implements http.Hijacker.
func (h hijackable) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, buffered, err := http.NewResponseController(h.ResponseWriter).Hijack()
	if err != nil {
		return nil, nil, err
	}
	return impatient{conn, h.patience}, buffered, nil
}

type impatient struct {
	net.Conn
	patience time.Duration
}

// Write implements net.Conn.
func (c impatient) Write(p []byte) (int, error) {
	if err := c.SetWriteDeadline(time.Now().Add(c.patience)); err != nil {
		return 0, err
	}
	return c.Conn.Write(p)
}
