package load

import (
	"errors"
	"net/netip"
	"time"
)

// Options say what to play. One of Rate and Window is needed.
type Options struct {
	Server netip.Addr // port 67
	// Relay is an address of this host from which packets come as a relay's do. The
	// zero Addr stands for clients without a relay, who broadcast on Interface.
	Relay     netip.Addr
	Interface string

	MAC     [6]byte    // of the first client
	Addr    netip.Addr // of the first client
	Clients int

	Rate     float64       // exchanges that begin each second, in an open loop
	Window   int           // exchanges that are under way, in a closed loop
	Duration time.Duration // for how long exchanges begin
	Once     bool          // each client once, even if there is more time
	// Strangers has every so many exchanges begun by a client that the server does
	// not know, and that is to get no answer. 0 means none.
	Strangers int
	Timeout   time.Duration // after which an answer is lost; 0 means a second
	OfferOnly bool          // an exchange ends with the OFFER
	PXE       bool          // clients are firmware that boots
}

func (o *Options) check() error {
	switch {
	case !o.Server.Is4() || !o.Addr.Is4():
		return errors.New("the server and the first client want an IPv4 address")
	case o.Relay.IsValid() && !o.Relay.Is4():
		return errors.New("the relay wants an IPv4 address")
	case !o.Relay.IsValid() && o.Interface == "":
		return errors.New("clients without a relay want an interface")
	case o.Clients < 1:
		return errors.New("there is to be a client at least")
	case (o.Rate > 0) == (o.Window > 0):
		return errors.New("either a rate or a window is needed")
	case o.Window > 0 && o.Strangers == 1:
		return errors.New("strangers are not answered, so they alone make no closed loop")
	case o.Duration <= 0:
		return errors.New("a duration is needed")
	}
	if o.Timeout == 0 {
		o.Timeout = time.Second
	}
	return nil
}

// Result is what came of it. Exchanges of strangers are counted apart.
type Result struct {
	Seconds   float64 `json:"seconds"` // in which exchanges began
	Begun     int     `json:"begun"`
	Offers    int     `json:"offers"`
	Completed int     `json:"completed"`
	Refused   int     `json:"refused"`  // with a NAK
	WrongIP   int     `json:"wrong_ip"` // told an address that is not the client's
	Late      int     `json:"late"`     // answers after the timeout
	Stray     int     `json:"stray"`    // answers that nobody waits for
	Strangers int     `json:"strangers"`
	Answered  int     `json:"strangers_answered"`
	Unsent    int     `json:"unsent"` // packets that the kernel did not take

	BegunRate float64 `json:"begun_per_s"`
	Rate      float64 `json:"completed_per_s"`
	LostPct   float64 `json:"lost_pct"` // of exchanges that began
	CPUPct    float64 `json:"generator_cpu_pct"`

	Whole   Latency `json:"whole"`   // DISCOVER to ACK
	Offer   Latency `json:"offer"`   // DISCOVER to OFFER
	Confirm Latency `json:"confirm"` // REQUEST to ACK
}

// Latency has percentiles in microseconds.
type Latency struct {
	P50  float64 `json:"p50_us"`
	P99  float64 `json:"p99_us"`
	P999 float64 `json:"p999_us"`
	Max  float64 `json:"max_us"`
}
