package app

import (
	"context"
	"net"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/cli"
	"github.com/clusto/clusto/internal/snmp"
	"github.com/clusto/clusto/internal/snmptrap"
)

// newRegistry returns the metrics of the process and of the inventory.
func newRegistry(store clusto.Store) *prometheus.Registry {
	registry := prometheus.NewRegistry()
	registry.MustRegister(
		collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "clusto_build_info", Help: "Always 1; the label says which clusto this is.",
			ConstLabels: prometheus.Labels{"version": cli.Version()}}, func() float64 { return 1 }),
		inventoryCollector{store: store},
	)
	return registry
}

// reloadCounter returns the counter of configurations that were read again.
func reloadCounter(registry *prometheus.Registry) *prometheus.CounterVec {
	c := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "clusto_config_reloads_total", Help: "Configurations that were read again, by what became of them."}, []string{"result"})
	registry.MustRegister(c)
	return c
}

// bindTraps opens the socket of the trap daemon.
func bindTraps(addr string) (*net.UDPConn, error) { return snmp.Bind(addr) }

// described is the part of a Collector that tells of its metrics before they are
// collected: it does not.
type described struct{}

// Describe implements prometheus.Collector.
func (described) Describe(chan<- *prometheus.Desc) {}

// desc returns the description of a metric.
func desc(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc("clusto_"+name, help, labels, nil)
}

// askWithin is how long the database may take to tell its newest version for
// the metrics.
const askWithin = 2 * time.Second

// inventoryCollector tells about the inventory.
type inventoryCollector struct {
	described
	store clusto.Store
}

// Collect leaves away what the database does not tell in time.
func (c inventoryCollector) Collect(out chan<- prometheus.Metric) {
	if f, ok := c.store.(interface{ Followers() int }); ok {
		out <- prometheus.MustNewConstMetric(desc("followers", "Who follows the changes of the inventory now."), prometheus.GaugeValue, float64(f.Followers()))
	}
	ctx, cancel := context.WithTimeout(context.Background(), askWithin)
	defer cancel()
	told := make(chan clusto.Version, 1)
	go func() {
		if v, err := newest(ctx, c.store); err == nil {
			told <- v
		}
		close(told)
	}()
	reachable := 0.0
	select {
	case v, ok := <-told:
		if ok {
			reachable = 1
			out <- prometheus.MustNewConstMetric(desc("inventory_version", "The newest version of the inventory."), prometheus.GaugeValue, float64(v))
		}
	case <-ctx.Done():
	}
	out <- prometheus.MustNewConstMetric(desc("database_up", "Whether the database answers."), prometheus.GaugeValue, reachable)
}

// trapCollector tells what the trap daemon has done.
type trapCollector struct {
	described
	daemon *snmptrap.Daemon
}

func (c trapCollector) Collect(out chan<- prometheus.Metric) {
	st := c.daemon.Stats()
	count := func(name, help string, n uint64) {
		out <- prometheus.MustNewConstMetric(desc("snmptrap_"+name+"_total", help), prometheus.CounterValue, float64(n))
	}
	count("datagrams", "Datagrams that were received.", st.Listener.Received)
	count("accepted", "Traps and informs that were understood.", st.Listener.Accepted)
	count("acknowledged", "Informs that were answered.", st.Listener.Acknowledged)
	count("traps", "Traps that were handled.", st.Traps)
	count("in_memory", "Traps of these that did not touch the database.", st.InMemory)
	for outcome, n := range map[string]uint64{
		"created": st.Created, "racked": st.Racked, "recorded": st.Recorded, "unchanged": st.Unchanged,
	} {
		out <- prometheus.MustNewConstMetric(desc("snmptrap_changes_total", "Hardware addresses of traps, by what became of them.", "outcome"),
			prometheus.CounterValue, float64(n), outcome)
	}
	dropped := map[string]uint64{}
	for reason, n := range st.Dropped {
		dropped[string(reason)] += n
	}
	for reason, n := range st.Listener.Dropped {
		dropped[string(reason)] += n
	}
	for reason, n := range dropped {
		out <- prometheus.MustNewConstMetric(desc("snmptrap_dropped_total", "What was dropped, by reason.", "reason"), prometheus.CounterValue, float64(n), reason)
	}
}
