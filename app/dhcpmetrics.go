package app

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/clusto/clusto/internal/dhcp"
	"github.com/clusto/clusto/internal/logqueue"
)

// dhcpStats counts what one server did, whatever its protocol.
type dhcpStats struct {
	family                  string
	received, sent, dropped map[string]uint64
	kernelDropped           uint64
}

// stats returns what the servers did until now.
func (d *dhcpService) stats() []dhcpStats {
	var all []dhcpStats
	if d.v4 != nil {
		st := d.v4.Stats()
		all = append(all, dhcpStats{"4", st.Received, st.Sent, byText(st.Dropped), st.KernelDropped})
	}
	if d.v6 != nil {
		st := d.v6.Stats()
		all = append(all, dhcpStats{"6", st.Received, st.Sent, byText(st.Dropped), st.KernelDropped})
	}
	return all
}

func byText(reasons map[dhcp.Reason]uint64) map[string]uint64 {
	texts := make(map[string]uint64, len(reasons))
	for reason, n := range reasons {
		texts[string(reason)] = n
	}
	return texts
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
	for _, st := range c.service.stats() {
		for message, n := range st.received {
			if message == "" {
				message = "unreadable"
			}
			counter("received", "Requests, by protocol and type.", n, []string{"family", "message"}, st.family, message)
		}
		for message, n := range st.sent {
			counter("sent", "Answers, by protocol and type.", n, []string{"family", "message"}, st.family, message)
		}
		for reason, n := range st.dropped {
			counter("dropped", "Requests that were not answered, or refused, by reason.", n, []string{"family", "reason"}, st.family, reason)
		}
		counter("kernel_dropped", "Packets that came while the receive buffer was full.", st.kernelDropped, []string{"family"}, st.family)
	}
	if c.service.v4 != nil {
		st := c.service.v4.Stats()
		counter("trimmed_options", "Options for which an answer had no room.", st.Trimmed, nil)
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
