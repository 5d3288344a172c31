package web

import (
	"bufio"
	"context"
	"io/fs"
	"log/slog"
	"os"
	"sync"
	"time"

	"example.com/okta-gin/config"
)

// NewLogger returns the logger that cfg asks for, writing to out: text on a
// terminal and JSON elsewhere, unless the configuration says which. Away from a
// terminal, lines of requests that went well are written together, a second late at
// most; any other line is written at once, with those before it. Call flush when the
// last line was logged.
func NewLogger(cfg config.Config, out *os.File) (log *slog.Logger, flush func()) {
	options, terminal := &slog.HandlerOptions{Level: cfg.LogLevel}, isTerminal(out)
	lines := &lines{buffer: bufio.NewWriterSize(out, linesSize)}
	var handler slog.Handler = slog.NewJSONHandler(lines, options)
	if cfg.LogFormat == "text" || cfg.LogFormat == "" && terminal {
		handler = slog.NewTextHandler(lines, options)
	}
	return slog.New(prompt{handler, lines, terminal}), lines.flush
}

func isTerminal(file *os.File) bool {
	info, err := file.Stat()
	return err == nil && info.Mode()&fs.ModeCharDevice != 0
}

const (
	linesSize  = 32 << 10 // bytes
	linesDelay = time.Second
)

// lines are a log's lines, written together. They are safe for concurrent use.
type lines struct {
	mu      sync.Mutex
	buffer  *bufio.Writer
	waiting bool // for the timer that writes them
}

// Write keeps a line until there are enough of them, or the delay is over.
func (l *lines) Write(line []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.waiting {
		l.waiting = true
		time.AfterFunc(linesDelay, l.flush)
	}
	return l.buffer.Write(line)
}

func (l *lines) flush() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.waiting = false
	_ = l.buffer.Flush() // there is nobody to tell
}

// prompt is a handler that writes what is more than a request at once.
type prompt struct {
	slog.Handler
	lines    *lines
	requests bool // are written at once too
}

// Handle implements slog.Handler.
func (p prompt) Handle(ctx context.Context, r slog.Record) error {
	err := p.Handler.Handle(ctx, r)
	if p.requests || r.Message != requestMessage || r.Level > slog.LevelInfo {
		p.lines.flush()
	}
	return err
}

// WithAttrs implements slog.Handler.
func (p prompt) WithAttrs(attrs []slog.Attr) slog.Handler {
	p.Handler = p.Handler.WithAttrs(attrs)
	return p
}

// WithGroup implements slog.Handler.
func (p prompt) WithGroup(name string) slog.Handler {
	p.Handler = p.Handler.WithGroup(name)
	return p
}
