package snmp

import (
	"crypto/hmac"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/gosnmp/gosnmp"
)

// timeWindow is how far the clock in a message may be off (RFC 3414 section 2.2.3).
const timeWindow = 150

// maxPeers bounds how many pairs of user and engine are remembered. Only
// authentic messages are remembered, so strangers cannot fill it.
const maxPeers = 1 << 14

// Names of the counters that a Report carries (RFC 3414 section 5).
const (
	oidUnsupportedLevels = "1.3.6.1.6.3.15.1.1.1.0"
	oidNotInTimeWindows  = "1.3.6.1.6.3.15.1.1.2.0"
	oidUnknownUserNames  = "1.3.6.1.6.3.15.1.1.3.0"
	oidUnknownEngineIDs  = "1.3.6.1.6.3.15.1.1.4.0"
	oidWrongDigests      = "1.3.6.1.6.3.15.1.1.5.0"
	oidDecryptionErrors  = "1.3.6.1.6.3.15.1.1.6.0"
)

// usm is the User-based Security Model as a receiver of notifications needs
// it. The sender of a trap is the authoritative engine: keys and clock are the
// sender's. The receiver of an inform is: keys and clock are ours, and senders
// ask for them. It is used by one goroutine.
type usm struct {
	engineID string
	boots    uint32
	started  time.Time
	users    map[string]User
	peers    map[peerKey]*peer
}

// peerKey names a user at an engine.
type peerKey struct{ user, engineID string }

// peer is what is remembered of a user at an engine: the localized keys, and
// the sender's clock at the latest message (RFC 3414 section 2.3).
type peer struct {
	params      *gosnmp.UsmSecurityParameters
	boots, time int
	seen        time.Time
}

// newUSM returns a usm whose engine started at now. Engine boots must never
// repeat for one engine ID. Instead of a counter that would have to be stored,
// the seconds since 2020 are used; they fit until 2088.
func newUSM(engineID string, users []User, now time.Time) (*usm, error) {
	epoch := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
	u := &usm{
		engineID: engineID,
		boots:    uint32(min(max(now.Sub(epoch)/time.Second, 1), math.MaxInt32-1)),
		started:  now,
		users:    map[string]User{},
		peers:    map[peerKey]*peer{},
	}
	for _, user := range users {
		if err := user.check(); err != nil {
			return nil, err
		}
		if _, twice := u.users[user.Name]; twice {
			return nil, fmt.Errorf("SNMPv3 user %s is given twice", user.Name)
		}
		u.users[user.Name] = user
	}
	return u, nil
}

// clock returns the engine time of our engine.
func (u *usm) clock(now time.Time) uint32 { return uint32(now.Sub(u.started) / time.Second) }

// refusal is a drop with the counter that a Report would name. The zero oid
// means that the RFC has no report for it.
type refusal struct {
	*drop
	oid string
	// signed is the user whose key signs the report, if any.
	signed *gosnmp.UsmSecurityParameters
}

// Unwrap returns the drop.
func (r *refusal) Unwrap() error { return r.drop }

// refuse returns a refusal.
func refuse(oid string, reason Reason, format string, args ...any) *refusal {
	return &refusal{drop: dropped(reason, format, args...), oid: oid}
}

// open checks that a message comes from the user it names and is fresh, in the
// order of RFC 3414 section 3.2, and returns it decrypted and decoded. The
// error is a *refusal.
func (u *usm) open(h header, datagram []byte, now time.Time) (*gosnmp.SnmpPacket, error) {
	v3 := h.v3
	if v3.model != int(gosnmp.UserSecurityModel) {
		return nil, refuse("", Malformed, "security model %d; only 3 (USM) is known", v3.model)
	}
	if v3.boots < 0 || v3.time < 0 {
		return nil, refuse("", Malformed, "negative engine boots or time")
	}
	if n := len(v3.engineID); n < 5 || n > 32 { // RFC 3411 section 5, SnmpEngineID
		return nil, refuse(oidUnknownEngineIDs, UnknownEngine, "engine ID of %d octets", n)
	}
	user, ok := u.users[v3.user]
	if !ok {
		return nil, refuse(oidUnknownUserNames, UnknownUser, "user %q", v3.user)
	}
	if v3.level() != user.level() {
		return nil, refuse(oidUnsupportedLevels, WrongLevel, "user %s sends with level %s and is configured for %s",
			user.Name, v3.level(), user.level())
	}
	if encrypted := h.body.octets()[0] == tagOctetString; encrypted != (v3.level() == gosnmp.AuthPriv) {
		return nil, refuse("", Malformed, "the scoped PDU and msgFlags disagree about encryption")
	}
	p, err := u.authenticate(user, v3, datagram)
	if err != nil {
		return nil, err
	}
	if v3.level() != gosnmp.NoAuthNoPriv {
		if err := u.checkTime(p, v3, now); err != nil {
			return nil, err
		}
	}
	packet, err := unmarshal(gosnmp.Version3, p.params, datagram)
	if err != nil {
		if v3.level() == gosnmp.AuthPriv {
			return nil, refuse(oidDecryptionErrors, DecryptError, "user %s: %w", user.Name, err)
		}
		return nil, refuse("", Malformed, "%w", err)
	}
	return packet, nil
}

// authenticate checks the digest of a message and returns the keys. New keys
// are remembered only if the message is authentic.
func (u *usm) authenticate(user User, h v3Header, datagram []byte) (*peer, error) {
	key := peerKey{user.Name, h.engineID}
	known := u.peers[key]
	params := (*gosnmp.UsmSecurityParameters)(nil)
	if known != nil {
		params = known.params
	} else {
		var err error
		if params, err = user.params(h.engineID, true); err != nil {
			return nil, refuse("", AuthFailure, "%w", err)
		}
	}
	if h.level() == gosnmp.NoAuthNoPriv {
		return &peer{params: params}, nil
	}
	if !authentic(user, params.SecretKey, h.digest, datagram) {
		return nil, refuse(oidWrongDigests, AuthFailure, "user %s: wrong digest", user.Name)
	}
	if known != nil {
		return known, nil
	}
	params, err := user.params(h.engineID, false)
	if err != nil {
		return nil, refuse("", AuthFailure, "%w", err)
	}
	if len(u.peers) >= maxPeers {
		for victim := range u.peers { // whichever comes first; it is made again when needed
			delete(u.peers, victim)
			break
		}
	}
	p := &peer{params: params}
	u.peers[key] = p
	return p, nil
}

// authentic says whether digest is that of the datagram with the digest's own
// octets set to zero (RFC 3414 section 6.3.2, RFC 7860 section 4.2.2).
func authentic(user User, key []byte, digest span, datagram []byte) bool {
	h, _ := hashOf(user.Auth)
	sent := digest.octets()
	if len(sent) != h.octets {
		return false
	}
	mac := hmac.New(h.crypto.New, key)
	mac.Write(datagram[:digest.pos])
	mac.Write(make([]byte, h.octets))
	mac.Write(datagram[digest.end:])
	return hmac.Equal(mac.Sum(nil)[:h.octets], sent)
}

// checkTime checks that an authentic message is not older than the time window
// (RFC 3414 section 3.2, step 7), and remembers the sender's clock.
func (u *usm) checkTime(p *peer, h v3Header, now time.Time) error {
	if h.engineID == u.engineID {
		boots, clock := int(u.boots), int(u.clock(now))
		if h.boots != boots || h.time < clock-timeWindow || h.time > clock+timeWindow {
			r := refuse(oidNotInTimeWindows, NotInWindow, "user %s: clock %d:%d, ours is %d:%d", h.user, h.boots, h.time, boots, clock)
			r.signed = p.params
			return r
		}
		return nil
	}
	notional := p.time + int(now.Sub(p.seen)/time.Second)
	if !p.seen.IsZero() && (h.boots < p.boots || h.boots == p.boots && h.time < notional-timeWindow) || h.boots == math.MaxInt32 {
		return refuse("", NotInWindow, "user %s: clock %d:%d after %d:%d", h.user, h.boots, h.time, p.boots, notional)
	}
	if p.seen.IsZero() || h.boots > p.boots || h.time > p.time {
		p.boots, p.time, p.seen = h.boots, h.time, now
	}
	return nil
}

// unmarshal lets gosnmp decode a datagram, of which it may keep and change
// what it likes. A panic in there is an error here: the octets come from
// strangers.
func unmarshal(v gosnmp.SnmpVersion, params *gosnmp.UsmSecurityParameters, datagram []byte) (packet *gosnmp.SnmpPacket, err error) {
	defer func() {
		if p := recover(); p != nil {
			packet, err = nil, fmt.Errorf("the decoder panicked: %v", p)
		}
	}()
	g := gosnmp.GoSNMP{Version: v, SecurityModel: gosnmp.UserSecurityModel}
	if params != nil {
		g.SecurityParameters = params
	}
	packet, err = g.UnmarshalTrap(datagram, true)
	if err == nil && packet == nil {
		err = errors.New("no packet")
	}
	return packet, err
}
