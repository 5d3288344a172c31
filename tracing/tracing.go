// Package tracing exports OpenTelemetry spans by OTLP over HTTP.
package tracing

import (
	"context"
	"fmt"
	"log/slog"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/sdk/resource"
	"go.opentelemetry.io/otel/sdk/trace"
)

// maxValue bounds what a span tells of one thing, in characters.
const maxValue = 256

// Start returns what sends spans to endpoint, a whole URL, in the background: what can't
// be sent is dropped in the end, and no request waits. Its Shutdown sends the rest.
// Sampling, batches, headers, time-outs and further attributes are those of the
// standard OTEL_* variables, which the library reads itself; service is the name that
// OTEL_SERVICE_NAME replaces.
func Start(ctx context.Context, endpoint, service, version string) (*trace.TracerProvider, error) {
	exporter, err := otlptracehttp.New(ctx, otlptracehttp.WithEndpointURL(endpoint))
	if err != nil {
		return nil, fmt.Errorf("set up the export of traces: %w", err)
	}
	about, err := resource.New(ctx, resource.WithAttributes(
		attribute.String("service.name", service), attribute.String("service.version", version),
	), resource.WithFromEnv(), resource.WithTelemetrySDK())
	if err != nil {
		return nil, fmt.Errorf("OTEL_RESOURCE_ATTRIBUTES or OTEL_SERVICE_NAME: %w", err)
	}
	limits := trace.NewSpanLimits()
	limits.AttributeValueLengthLimit = maxValue
	return trace.NewTracerProvider(trace.WithBatcher(exporter), trace.WithResource(about), trace.WithRawSpanLimits(limits)), nil
}

// Log gives what the library has to say, such as why spans could not be sent, to log.
// The library has one such place for the whole process, so this is main's business.
func Log(log *slog.Logger) {
	otel.SetErrorHandler(otel.ErrorHandlerFunc(func(err error) { log.Warn("traces", "error", err) }))
}
