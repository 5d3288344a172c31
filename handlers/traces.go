package handlers

import (
	"context"
	"time"

	"go.opentelemetry.io/otel/trace"

	"example.com/okta-gin/tracing"
	"example.com/okta-gin/version"
)

// flushTimeout bounds how long the app waits at its end for a collector to take the last
// spans.
const flushTimeout = 2 * time.Second

// startTraces returns what takes the app's spans: nil where the settings name no
// collector.
func (a *App) startTraces() (trace.TracerProvider, error) {
	address, ok := a.cfg.TracesTo()
	if !ok {
		return nil, nil
	}
	provider, err := tracing.Start(context.Background(), address, "okta-gin", version.Current().Name)
	if err != nil {
		return nil, err
	}
	a.flush = func() {
		ctx, cancel := context.WithTimeout(context.Background(), flushTimeout)
		defer cancel()
		if err := provider.Shutdown(ctx); err != nil {
			a.log.Warn("the last spans are lost", "error", err)
		}
	}
	return provider, nil
}
