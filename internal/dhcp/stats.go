package dhcp

// Stats counts the packets of a server since it began to listen.
type Stats struct {
	// Received has the requests by kind, such as DISCOVER, RENEW or SOLICIT; ""
	// are those that could not be read, and "other" those of types that no RFC has.
	Received map[string]uint64
	// Sent has the answers by type, such as OFFER, NAK or REPLY.
	Sent map[string]uint64
	// Dropped has the reasons why there was no answer, and those of each answer
	// that refuses something.
	Dropped map[Reason]uint64
	// KernelDropped packets came while the receive buffer was full.
	KernelDropped uint64
	// Trimmed counts options for which an answer had no room.
	Trimmed uint64
}

// NewStats returns Stats of nothing.
func NewStats() Stats {
	return Stats{Received: map[string]uint64{}, Sent: map[string]uint64{}, Dropped: map[Reason]uint64{}}
}

// Add adds what others have counted.
func (s *Stats) Add(o Stats) {
	add(s.Received, o.Received)
	add(s.Sent, o.Sent)
	add(s.Dropped, o.Dropped)
	s.KernelDropped += o.KernelDropped
	s.Trimmed += o.Trimmed
}

func add[K comparable](to, from map[K]uint64) {
	for k, n := range from {
		to[k] += n
	}
}
