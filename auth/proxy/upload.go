package proxy

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"sync"
	"time"

	"example.com/okta-gin/web"
)

const (
	// mostKept is how many bytes of a body are kept to be sent once more.
	mostKept = 64 << 10
	// leastRate is how many bytes a second a client must send, once its patience is over.
	leastRate = 4 << 10
)

// longAgo is a deadline that is over.
var longAgo = time.Unix(1, 0)

var errTooLarge = errors.New("the body is larger than it may be")

// upload is the body of a browser's request on its way to the service. It bounds its
// size and how slowly it may come, and keeps the beginning.
type upload struct {
	body     io.ReadCloser
	control  *http.ResponseController
	length   int64 // below zero where the client has not said it
	most     int64
	patience time.Duration
	began    time.Time

	mu       sync.Mutex // the transport may read after it has answered
	received int64
	kept     []byte // all of it, while it is short enough
	whole    bool
	stopped  bool
	closed   bool  // neither read nor waited for any more: the connection may be another request's
	err      error // the client's, or ours with it
}

// Read implements io.Reader.
func (u *upload) Read(p []byte) (int, error) {
	if err := u.wait(); err != nil {
		return u.took(nil, err)
	}
	n, err := u.body.Read(p)
	return u.took(p[:n], err)
}

// wait gives the client its time to send more.
func (u *upload) wait() error {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.closed {
		return http.ErrBodyReadAfterClose
	}
	due := u.began.Add(u.patience + time.Duration(u.received)*time.Second/leastRate)
	if u.stopped {
		due = longAgo
	}
	if err := u.control.SetReadDeadline(due); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return err
	}
	return nil
}

// stop has whoever reads a body that is not whole wait for it no longer. A nil upload is
// no body.
func (u *upload) stop() {
	if u == nil {
		return
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.stopped = true; !u.whole && !u.closed && u.err == nil {
		_ = u.control.SetReadDeadline(longAgo)
	}
}

func (u *upload) took(p []byte, err error) (int, error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.received += int64(len(p))
	if u.received > u.most {
		p, err = nil, errTooLarge
	}
	if u.received <= mostKept {
		u.kept = append(u.kept, p...)
	} else {
		u.kept = nil
	}
	switch {
	case err == io.EOF, err == nil && u.received == u.length:
		u.whole = true
	case err != nil:
		u.err = err
		return len(p), fmt.Errorf("read the client's request: %w", err)
	}
	return len(p), err
}

// Close implements io.Closer. The body itself is closed by the server, once the answer is
// sent: to close it here would wait for a client that has not sent all of it, and that
// may wait for the answer first. A nil upload is no body.
func (u *upload) Close() error {
	if u != nil {
		u.mu.Lock()
		defer u.mu.Unlock()
		u.closed = true
	}
	return nil
}

// unfinished reports whether the client has still to send some of it.
func (u *upload) unfinished() bool {
	if u == nil {
		return false
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	return !u.whole
}

var errNotKept = errors.New("the body is not kept to be sent again")

// replay returns the body once more, or an error where it was too long for that or has
// not been read to its end. A nil upload is no body.
func (u *upload) replay() (io.ReadCloser, error) {
	if u == nil {
		return nil, nil
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	if !u.whole || u.received > mostKept {
		return nil, errNotKept
	}
	return io.NopCloser(bytes.NewReader(u.kept)), nil
}

// late reports whether it was given up before the client had sent all of it.
func (u *upload) late() bool {
	if u == nil {
		return false
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.stopped || errors.Is(u.err, os.ErrDeadlineExceeded)
}

// problem is the answer to a client that did not send its request as it must.
func (u *upload) problem() *web.Problem {
	if u == nil {
		return nil
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	switch {
	case u.err == nil:
		return nil
	case errors.Is(u.err, errTooLarge):
		return tooLarge()
	case errors.Is(u.err, os.ErrDeadlineExceeded):
		return &web.Problem{
			Status: http.StatusRequestTimeout, Heading: "The request came too slowly", Detail: "It was given up. Please try again.",
			Reason: "request_too_slow", Cause: u.err,
		}
	default:
		p := web.BadRequest("Its body did not come to its end.")
		p.Cause = u.err
		return p
	}
}

func tooLarge() *web.Problem {
	return &web.Problem{
		Status: http.StatusRequestEntityTooLarge, Heading: "That is too large", Detail: "The request is larger than this app takes for the service.",
		Reason: "body_too_large",
	}
}
