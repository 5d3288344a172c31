package config

import (
	"net/url"
	"strings"
)

// tracesPath is what the OTLP specification puts behind an endpoint for all signals.
const tracesPath = "/v1/traces"

// TracesTo is the URL that takes OpenTelemetry traces by OTLP over HTTP. ok is false where
// there are to be none.
func (c Config) TracesTo() (address string, ok bool) {
	switch {
	case c.TracesExporter == "none":
		return "", false
	case c.TracesEndpoint != "":
		return c.TracesEndpoint, true
	case c.OTLPEndpoint != "":
		return strings.TrimSuffix(c.OTLPEndpoint, "/") + tracesPath, true
	default:
		return "", false
	}
}

func (c *Config) checkTraces(found *problems) {
	found.add("OTEL_EXPORTER_OTLP_ENDPOINT", checkCollector(c.OTLPEndpoint))
	found.add("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", checkCollector(c.TracesEndpoint))
	found.add("OTEL_TRACES_EXPORTER", oneOf(c.TracesExporter, "", "otlp", "none"))
	if _, ok := c.TracesTo(); ok {
		found.add("OTEL_EXPORTER_OTLP_PROTOCOL", oneOf(c.OTLPProtocol, "", "http/protobuf"))
	}
}

// checkCollector takes http too: collectors are next door.
func checkCollector(address string) error {
	if address == "" {
		return nil
	}
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil || strings.ContainsAny(address, "?#") {
		return invalid("must be the URL of a collector of OpenTelemetry, such as http://localhost:4318")
	}
	return nil
}
