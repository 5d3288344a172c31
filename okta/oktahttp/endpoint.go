package oktahttp

import "context"

type endpointKey struct{}

// unnamed is the endpoint of requests of which nobody has said one.
const unnamed = "other"

// WithEndpoint names what a request with the context asks: one of few words, for
// those who count.
func WithEndpoint(ctx context.Context, name string) context.Context {
	return context.WithValue(ctx, endpointKey{}, name)
}

// EndpointOf is the word that WithEndpoint gave ctx, or "other".
func EndpointOf(ctx context.Context) string {
	if name, ok := ctx.Value(endpointKey{}).(string); ok {
		return name
	}
	return unnamed
}
