package handlers

import (
	"net/http"

	"github.com/gin-gonic/gin"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"example.com/okta-gin/auth"
	"example.com/okta-gin/version"
	"example.com/okta-gin/watch"
	"example.com/okta-gin/web"
)

// healthz serves GET /healthz: 200 while the process can answer at all.
func (a *App) healthz(c *gin.Context) error {
	c.Header("Cache-Control", "no-store")
	c.JSON(http.StatusOK, gin.H{"status": "alive"})
	return nil
}

// readyz serves GET /readyz: 200 when people can sign in, else 503 and what is
// missing, or that the app was told to stop; and what the doctor has found, which
// decides nothing. It is also what brings the app back after Okta was away at its start.
func (a *App) readyz(c *gin.Context) error {
	if a.cfg.OnThisMachine() {
		return a.tellReady(c, a.findings.inner())
	}
	return a.tellReady(c, a.findings.public())
}

// innerReadyz is readyz for whoever reaches METRICS_LISTEN.
func (a *App) innerReadyz(c *gin.Context) error { return a.tellReady(c, a.findings.inner()) }

func (a *App) tellReady(c *gin.Context, found gin.H) error {
	c.Header("Cache-Control", "no-store")
	if a.leaving.Load() {
		c.JSON(http.StatusServiceUnavailable, gin.H{"app": "stopping"})
		return nil
	}
	checks, status := gin.H{}, http.StatusOK
	if found != nil {
		checks["findings"] = found
	}
	for name, err := range a.okta.Ready(c.Request.Context()) {
		checks[name] = "ok"
		if err != nil {
			p := a.okta.Explain(err)
			checks[name], status = p.Reason, http.StatusServiceUnavailable
			auth.NoteProblem(c, p)
		}
	}
	c.JSON(status, checks)
	return nil
}

// newMetrics serves what is counted in Prometheus' text format.
func (a *App) newMetrics() http.Handler {
	sizes := map[string]watch.Size{
		"connections":    func() (used, most int) { return int(a.open.Load()), web.MaxConnections },
		"profile_claims": a.claims.size,
		"pages":          a.memory.size,
		"time_zones":     a.zones.size,
	}
	if a.directory != nil {
		sizes["directory_records"], sizes["directory_lookups"] = a.directory.Records, a.directory.Lookups
	}
	a.okta.Watch().Bounds(sizes)
	registry := prometheus.NewRegistry()
	registry.MustRegister(a.okta.Metrics(), buildInfo(version.Current()),
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return promhttp.HandlerFor(registry, promhttp.HandlerOpts{})
}

// buildInfo is always 1; its labels say which build runs.
func buildInfo(v version.Version) prometheus.Collector {
	return prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "okta_build_info", Help: "Which build runs.",
		ConstLabels: prometheus.Labels{"version": v.Name, "commit": v.Commit, "go": v.Go},
	}, func() float64 { return 1 })
}

// metricsAlone serves GET /metrics and /readyz, and nothing else, where METRICS_LISTEN says.
func (a *App) metricsAlone() http.Handler {
	engine := gin.New()
	engine.Use(auth.SecurityHeaders(a.okta.StrictHeaders()))
	engine.GET("/metrics", gin.WrapH(a.metrics))
	engine.GET("/readyz", a.okta.Handle(a.innerReadyz))
	return engine
}

// metricsPage serves GET /metrics, unless the world can ask for it: it says how
// many people sign in. METRICS_LISTEN serves it apart.
func (a *App) metricsPage(c *gin.Context) error {
	if _, _, apart := a.cfg.MetricsListenOn(); apart || !a.cfg.OnThisMachine() {
		return a.notFound(c)
	}
	a.metrics.ServeHTTP(c.Writer, c.Request)
	return nil
}
