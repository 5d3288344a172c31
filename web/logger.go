package web

import (
	"io/fs"
	"log/slog"
	"os"

	"example.com/okta-gin/config"
)

// NewLogger returns the logger that cfg asks for, writing to out: text on a
// terminal and JSON elsewhere, unless the configuration says which.
func NewLogger(cfg config.Config, out *os.File) *slog.Logger {
	options := &slog.HandlerOptions{Level: cfg.LogLevel}
	if cfg.LogFormat == "text" || cfg.LogFormat == "" && isTerminal(out) {
		return slog.New(slog.NewTextHandler(out, options))
	}
	return slog.New(slog.NewJSONHandler(out, options))
}

func isTerminal(file *os.File) bool {
	info, err := file.Stat()
	return err == nil && info.Mode()&fs.ModeCharDevice != 0
}
