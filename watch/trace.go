package watch

import (
	"context"
	"net/http"

	"github.com/gin-gonic/gin"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"
)

// scope names this package to those who read traces.
const scope = "example.com/okta-gin/watch"

// spans makes a span of each request, where there is a tracer. They hold patterns,
// words and numbers, and nothing of what people or Okta send: no query, no header, no
// key, and nobody's claims.
type spans struct {
	tracer trace.Tracer // nil: none
}

func newSpans(provider trace.TracerProvider) spans {
	if provider == nil {
		return spans{}
	}
	return spans{provider.Tracer(scope)}
}

// arrived begins the span of a request that came, within the caller's trace where it
// sends a traceparent (W3C Trace Context). Call end when it has been answered.
func (s spans) arrived(c *gin.Context) (end func(reason string)) {
	if s.tracer == nil {
		return func(string) {}
	}
	name, method := c.FullPath(), methodOf(c.Request.Method)
	attributes := []attribute.KeyValue{attribute.String("http.request.method", method)}
	if name != "" {
		attributes = append(attributes, attribute.String("http.route", name))
		name = " " + name
	}
	ctx, span := s.tracer.Start(withParent(c.Request), method+name, trace.WithSpanKind(trace.SpanKindServer), trace.WithAttributes(attributes...))
	c.Request = c.Request.WithContext(ctx)
	return func(reason string) {
		status := c.Writer.Status()
		span.SetAttributes(attribute.Int("http.response.status_code", status))
		if reason != "" {
			span.SetAttributes(attribute.String("error.type", reason))
		}
		if status >= http.StatusInternalServerError {
			span.SetStatus(codes.Error, "")
		}
		span.End()
	}
}

// withParent is r's context, within the trace that its traceparent names. What else a
// tracestate says is left out.
func withParent(r *http.Request) context.Context {
	parent := trace.SpanContextFromContext(propagation.TraceContext{}.Extract(context.Background(), propagation.HeaderCarrier(r.Header)))
	if !parent.IsValid() {
		return r.Context()
	}
	return trace.ContextWithRemoteSpanContext(r.Context(), parent.WithTraceState(trace.TraceState{}))
}

// asks begins the span of a request to upstream. Call end when it has been answered.
func (s spans) asks(ctx context.Context, upstream, endpoint string, more ...attribute.KeyValue) (within context.Context, end func(outcome string, more ...attribute.KeyValue)) {
	if s.tracer == nil {
		return ctx, func(string, ...attribute.KeyValue) {}
	}
	ctx, span := s.tracer.Start(ctx, upstream+" "+endpoint, trace.WithSpanKind(trace.SpanKindClient), trace.WithAttributes(more...))
	return ctx, func(outcome string, more ...attribute.KeyValue) {
		span.SetAttributes(more...)
		if outcome != ok {
			span.SetAttributes(attribute.String("error.type", outcome))
		}
		if isDown(outcome) {
			span.SetStatus(codes.Error, "")
		}
		span.End()
	}
}
