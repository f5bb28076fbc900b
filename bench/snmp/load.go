package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"syscall"
	"time"

	"github.com/clusto/clusto/internal/snmp"
)

// load says what is sent.
type load struct {
	To        netip.AddrPort
	From      netip.Addr
	Switches  int
	Ports     int
	MACs      int
	VLAN      int
	Community string
	Rate      float64
	Count     int
	For       time.Duration
}

// pause is how long the sender rests when it is ahead of its rate.
const pause = 100 * time.Microsecond

// send sends all of the load, the traps of all switches in turn.
func (l load) send(ctx context.Context) (result, error) {
	if l.Switches < 1 || l.Ports < 1 || l.MACs < 1 || l.MACs > min(l.Ports, snmp.MaxMACChanges) {
		return result{}, fmt.Errorf("%d switches with %d ports and %d MAC addresses in a trap cannot be", l.Switches, l.Ports, l.MACs)
	}
	if l.Count == 0 {
		l.Count = l.Switches * ((l.Ports + l.MACs - 1) / l.MACs)
	}
	traps, err := l.traps(ctx)
	if err != nil {
		return result{}, err
	}
	conns, err := l.dial()
	if err != nil {
		return result{}, err
	}
	defer closeAll(conns)
	var r result
	began := time.Now()
	for n := 0; ctx.Err() == nil; n++ {
		if l.wait(n, began) {
			break
		}
		sw := n % l.Switches
		_, err := conns[sw].Write(traps[sw][n/l.Switches%len(traps[sw])])
		switch {
		case err == nil:
			r.sent++
		case errors.Is(err, syscall.ECONNREFUSED) || errors.Is(err, syscall.ENOBUFS):
			r.refused++
		default:
			return r, fmt.Errorf("send a trap: %w", err)
		}
	}
	r.took = time.Since(began)
	return r, nil
}

// wait waits until it is time for the nth trap, and reports whether there is no
// such trap any more.
func (l load) wait(n int, began time.Time) (over bool) {
	if l.For == 0 && n >= l.Count {
		return true
	}
	for {
		elapsed := time.Since(began)
		if l.For > 0 && elapsed >= l.For {
			return true
		}
		if l.Rate == 0 || float64(n) <= elapsed.Seconds()*l.Rate {
			return false
		}
		time.Sleep(pause)
	}
}

// address returns the address of a switch.
func (l load) address(sw int) netip.Addr {
	a := l.From
	for range sw {
		a = a.Next()
	}
	return a
}

// dial opens a socket for each switch.
func (l load) dial() (conns []*net.UDPConn, err error) {
	for sw := range l.Switches {
		c, err := net.DialUDP("udp", net.UDPAddrFromAddrPort(netip.AddrPortFrom(l.address(sw), 0)), net.UDPAddrFromAddrPort(l.To))
		if err != nil {
			closeAll(conns)
			return nil, err
		}
		conns = append(conns, c)
	}
	return conns, nil
}

func closeAll(conns []*net.UDPConn) {
	for _, c := range conns {
		c.Close()
	}
}

// traps returns the traps of each switch, as SendMACNotification sends them: they
// are sent to a socket here first.
func (l load) traps(ctx context.Context) ([][][]byte, error) {
	here, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		return nil, err
	}
	defer here.Close()
	to, ok := here.LocalAddr().(*net.UDPAddr)
	if !ok {
		return nil, errors.New("a UDP socket without address")
	}
	all := make([][][]byte, l.Switches)
	buf := make([]byte, 1<<16)
	for sw := range all {
		for first := 0; first < l.Ports; first += l.MACs {
			err := snmp.SendMACNotification(ctx, snmp.MACNotification{
				To: to.AddrPort(), Community: l.Community, Uptime: 76 * time.Hour, Changes: l.changes(sw, first),
			})
			if err != nil {
				return nil, err
			}
			n, err := here.Read(buf)
			if err != nil {
				return nil, err
			}
			all[sw] = append(all[sw], append([]byte(nil), buf[:n]...))
		}
	}
	return all, nil
}

// changes returns what a trap says about the ports from first on, which counts
// from 0.
func (l load) changes(sw, first int) []snmp.MACChange {
	var list []snmp.MACChange
	for p := first; p < min(first+l.MACs, l.Ports); p++ {
		mac := snmp.MAC{2, 0x20, byte(sw >> 8), byte(sw), byte(p >> 8), byte(p)}
		list = append(list, snmp.MACChange{Op: snmp.MACLearnt, VLAN: uint16(l.VLAN), MAC: mac, Port: p + 1})
	}
	return list
}
