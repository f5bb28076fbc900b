package app

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/clusto/clusto/internal/dhcp"
	"github.com/clusto/clusto/internal/logqueue"
)

// stats returns what the servers did until now, by protocol, "4" and "6".
func (d *dhcpService) stats() map[string]dhcp.Stats {
	all := map[string]dhcp.Stats{}
	if d.v4 != nil {
		all["4"] = d.v4.Stats()
	}
	if d.v6 != nil {
		all["6"] = d.v6.Stats()
	}
	return all
}

// dhcpCollector tells what the DHCP servers have done.
type dhcpCollector struct {
	described
	service *dhcpService
	log     *logqueue.Handler
}

// Collect implements prometheus.Collector.
func (c dhcpCollector) Collect(out chan<- prometheus.Metric) {
	counter := func(name, help string, n uint64, labels []string, values ...string) {
		out <- prometheus.MustNewConstMetric(desc("dhcp_"+name+"_total", help, labels...), prometheus.CounterValue, float64(n), values...)
	}
	for family, st := range c.service.stats() {
		for message, n := range st.Received {
			if message == "" {
				message = "unreadable"
			}
			counter("received", "Requests, by protocol and type.", n, []string{"family", "message"}, family, message)
		}
		for message, n := range st.Sent {
			counter("sent", "Answers, by protocol and type.", n, []string{"family", "message"}, family, message)
		}
		for reason, n := range st.Dropped {
			counter("dropped", "Requests that were not answered, or refused, by reason.", n, []string{"family", "reason"}, family, string(reason))
		}
		counter("kernel_dropped", "Packets that came while the receive buffer was full.", st.KernelDropped, []string{"family"}, family)
		if family == "4" {
			counter("trimmed_options", "Options for which an answer had no room.", st.Trimmed, nil)
		}
	}
	counter("log_lines_lost", "Lines that the log had no time for.", c.log.Lost(), nil)
	c.collectKept(out, counter)
}

// collectKept tells what is made of what the servers saw.
func (c dhcpCollector) collectKept(out chan<- prometheus.Metric, counter func(name, help string, n uint64, labels []string, values ...string)) {
	learnt := c.service.learner.Stats()
	counter("learnt", "Addresses of management controllers that were noted.", learnt.Noted, nil)
	counter("learning_failed", "Addresses of management controllers that could not be noted.", learnt.Failed+learnt.Dropped, nil)
	latest := 0.0
	if c.service.store.Latest() != nil {
		latest = 1
	}
	out <- prometheus.MustNewConstMetric(desc("dhcp_ready", "Whether there is an inventory to answer from."), prometheus.GaugeValue, latest)
	if c.service.keeper == nil {
		return
	}
	kept := c.service.keeper.Stats()
	counter("sightings_kept", "Sightings that were written.", kept.Kept, nil)
	counter("sightings_dropped", "Packets of clients for whose sighting there was no room.", kept.Dropped, nil)
	counter("sightings_failed", "Attempts to write sightings that failed.", kept.Failed, nil)
	out <- prometheus.MustNewConstMetric(desc("dhcp_sightings_waiting", "Sightings that wait to be written."), prometheus.GaugeValue, float64(kept.Waiting))
}
