package v4

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/dhcp"
)

const (
	// sayAgain is after how long a warning about the same is said again, and
	// remembered how many warnings are known.
	sayAgain   = 10 * time.Minute
	remembered = 4096
)

// journal writes the log of all workers.
type journal struct {
	log *slog.Logger

	mu   sync.Mutex           // guards said
	said map[string]time.Time // warnings by key
}

// line is one of the log. One with a key is not said again soon.
type line struct {
	level slog.Level
	text  string
	key   string
	attrs []slog.Attr
}

func newJournal(log *slog.Logger) *journal {
	return &journal{log: log, said: map[string]time.Time{}}
}

// say writes a line, unless it was said lately.
func (j *journal) say(l line) {
	if l.key == "" || j.isNews(l.text+l.key) {
		j.log.LogAttrs(context.Background(), l.level, l.text, l.attrs...)
	}
}

// isNews says whether a warning was not said lately.
func (j *journal) isNews(key string) bool {
	now := time.Now()
	j.mu.Lock()
	defer j.mu.Unlock()
	if last, ok := j.said[key]; ok && now.Sub(last) < sayAgain {
		return false
	}
	if len(j.said) >= remembered {
		clear(j.said)
	}
	j.said[key] = now
	return true
}

// warnings are what somebody should look at, though the server copes.
var warnings = map[dhcp.Reason]string{
	dhcp.SeveralHosts:     "a DHCP client is several things in the inventory, so that it gets no answer",
	dhcp.InventoryFailure: "the inventory could not be asked about a DHCP client",
	ServersAddress:        "a DHCP client has an address in the inventory that this server has itself, so that it gets no answer",
	TooLarge:              "an answer is too large for a DHCP client",
}

// note has said what came of a packet: what is a warning, and at level debug all.
func (j *journal) note(m *Meta, out *Outcome) {
	if out.Kind == Decline && out.Reason == dhcp.Answered {
		j.packet(slog.LevelWarn, "a DHCP client found its address in use by something else", m, out)
		return
	}
	if out.Decided && out.Answer.BadSettings > 0 {
		j.packet(slog.LevelWarn, "settings of a DHCP client make no options and are left out; clusto dhcp explain says which", m, out)
	}
	if out.Reason != dhcp.Answered {
		if text := warnings[out.Reason]; text != "" {
			j.packet(slog.LevelWarn, text, m, out)
			return
		}
	}
	if j.log.Enabled(context.Background(), slog.LevelDebug) {
		j.packet(slog.LevelDebug, "DHCP packet", m, out)
	}
}

// packet has a line written about a packet.
func (j *journal) packet(level slog.Level, text string, m *Meta, out *Outcome) {
	l := line{level: level, text: text, attrs: []slog.Attr{
		slog.String("message", out.Kind.String()), slog.String("from", m.From.String()), slog.String("via", m.Via),
	}}
	add := func(key, value string) {
		if value != "" {
			l.attrs = append(l.attrs, slog.String(key, value))
		}
	}
	if out.Decided {
		if out.Client.MAC != (clusto.MAC{}) {
			add("mac", out.Client.MAC.String())
		}
		add("entity", out.Answer.Host.Name)
		if out.Client.Relay.IsValid() {
			add("relay", out.Client.Relay.String())
		}
	}
	if asked := out.request.asked(); out.Kind != Unknown && asked.IsValid() {
		add("asked", asked.String())
	}
	if out.Addr.IsValid() {
		add("ip", out.Addr.String())
	}
	add("reply", out.Told.String())
	add("reason", string(out.Reason))
	if out.Err != nil {
		add("err", out.Err.Error())
	}
	if level > slog.LevelDebug {
		l.key = out.Client.MAC.String() + out.Answer.Host.Name
	}
	j.say(l)
}
