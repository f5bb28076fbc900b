// Command snmp sends the SNMP traps of many switches: MAC notifications as
// Catalyst switches send them, at an even rate, each switch from an address of
// its own, which this machine must have. Each port of a switch has one MAC address
// that never changes, so that after the first round a trap says nothing new.
//
//	snmp -to 10.88.0.1:162 -from 10.88.1.1 -switches 40 -ports 30 -rate 5000 -time 3s
//
// At the end it prints how many traps it sent, how many the kernel refused to send
// (as where nobody listens), and how long that took.
package main

import (
	"context"
	"flag"
	"fmt"
	"net/netip"
	"os"
	"os/signal"
	"time"
)

func main() {
	var l load
	flag.TextVar(&l.To, "to", netip.MustParseAddrPort("127.0.0.1:162"), "`HOST:PORT` of the receiver")
	flag.TextVar(&l.From, "from", netip.MustParseAddr("127.0.1.1"), "`address` of the first switch; those of the others follow it")
	flag.IntVar(&l.Switches, "switches", 1, "how many switches send")
	flag.IntVar(&l.Ports, "ports", 1, "how many ports each has")
	flag.IntVar(&l.MACs, "macs", 1, "MAC addresses in a trap, of ports that follow each other")
	flag.IntVar(&l.VLAN, "vlan", 442, "the VLAN of all")
	flag.StringVar(&l.Community, "community", "public", "community of SNMPv2c")
	flag.Float64Var(&l.Rate, "rate", 0, "traps in a second; 0 is as fast as possible")
	flag.IntVar(&l.Count, "count", 0, "how many traps to send; 0 is one for each port, unless there is a time")
	flag.DurationVar(&l.For, "time", 0, "how long to send")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	r, err := l.send(ctx)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Printf("sent %d refused %d seconds %.3f\n", r.sent, r.refused, r.took.Seconds())
}

// result is what a load came to.
type result struct {
	sent, refused int
	took          time.Duration
}
