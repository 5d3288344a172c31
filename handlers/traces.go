package handlers

import (
	"context"
	"log/slog"
	"time"

	"go.opentelemetry.io/otel/trace"

	"example.com/okta-gin/config"
	"example.com/okta-gin/tracing"
	"example.com/okta-gin/version"
)

// flushTimeout bounds how long the app waits at its end for a collector to take the last
// spans.
const flushTimeout = 2 * time.Second

// startTraces returns what takes the app's spans, nil where the settings name no
// collector, and what sends the last of them.
func startTraces(cfg config.Config, log *slog.Logger) (provider trace.TracerProvider, flush func(), err error) {
	address, ok := cfg.TracesTo()
	if !ok {
		return nil, func() {}, nil
	}
	started, err := tracing.Start(context.Background(), address, "okta-gin", version.Current().Name)
	if err != nil {
		return nil, nil, err
	}
	return started, func() {
		ctx, cancel := context.WithTimeout(context.Background(), flushTimeout)
		defer cancel()
		if err := started.Shutdown(ctx); err != nil {
			log.Warn("the last spans are lost", "error", err)
		}
	}, nil
}
