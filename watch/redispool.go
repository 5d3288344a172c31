package watch

import (
	"sync"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/redis/go-redis/v9"
)

// pools are the connections of the clients of Redis.
type pools struct {
	mu      sync.Mutex
	clients []redis.UniversalClient
}

var poolTimeoutsDesc = prometheus.NewDesc("okta_redis_pool_timeouts_total", "Commands that found no connection to Redis in time, because all were in use.", nil, nil)

// RedisClient watches a client of Redis: its commands, and how many of its connections are
// in use, as the bound redis_connections of all such clients together. Of a Cluster the limit
// is that of one node.
func (w *Watch) RedisClient(client redis.UniversalClient) {
	client.AddHook(w.Redis())
	w.pools.mu.Lock()
	w.pools.clients = append(w.pools.clients, client)
	w.pools.mu.Unlock()
	w.Bounds(map[string]Size{"redis_connections": w.pools.size})
}

func (p *pools) size() (used, most int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, client := range p.clients {
		stats := client.PoolStats()
		used += max(0, int(stats.TotalConns)-int(stats.IdleConns))
		switch client := client.(type) {
		case *redis.Client:
			most += client.Options().PoolSize
		case *redis.ClusterClient:
			most += client.Options().PoolSize
		}
	}
	return used, most
}

// Describe implements prometheus.Collector.
func (p *pools) Describe(ch chan<- *prometheus.Desc) { ch <- poolTimeoutsDesc }

// Collect implements prometheus.Collector.
func (p *pools) Collect(ch chan<- prometheus.Metric) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.clients) == 0 {
		return
	}
	var timeouts uint32
	for _, client := range p.clients {
		timeouts += client.PoolStats().Timeouts
	}
	ch <- prometheus.MustNewConstMetric(poolTimeoutsDesc, prometheus.CounterValue, float64(timeouts))
}
