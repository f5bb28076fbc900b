// Command loadgen plays DHCP clients against a server, see package load:
//
//	loadgen -server 10.0.0.1 -relay 10.0.0.2 -clients 1000 -rate 2000
//	loadgen -server 10.0.0.1 -interface eth1 -window 64 -once
//
// It wants the port of DHCP for itself, and so root.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/clusto/clusto/bench/dhcp/load"
)

func main() {
	if err := run(os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "loadgen:", err)
		os.Exit(1)
	}
}

func run(args []string, out io.Writer) error {
	var o load.Options
	f := flag.NewFlagSet("loadgen", flag.ExitOnError)
	f.TextVar(&o.Server, "server", netip.MustParseAddr("10.0.0.1"), "address of the server")
	f.TextVar(&o.Relay, "relay", netip.Addr{}, "own address, to be a relay")
	f.StringVar(&o.Interface, "interface", "", "interface on which clients broadcast")
	f.TextVar(&o.Addr, "addr", netip.MustParseAddr("10.1.0.0"), "address of the first client")
	mac := f.String("mac", "02:10:00:00:00:00", "hardware address of the first client")
	f.IntVar(&o.Clients, "clients", 1000, "how many clients the server knows")
	f.Float64Var(&o.Rate, "rate", 0, "exchanges that begin each second (open loop)")
	f.IntVar(&o.Window, "window", 0, "exchanges under way at any time (closed loop)")
	f.DurationVar(&o.Duration, "time", 10*time.Second, "for how long exchanges begin")
	f.BoolVar(&o.Once, "once", false, "each client once")
	f.IntVar(&o.Strangers, "strangers", 0, "begin every so many exchanges with an unknown client")
	f.DurationVar(&o.Timeout, "timeout", time.Second, "after which an answer is lost")
	f.BoolVar(&o.OfferOnly, "offer-only", false, "end exchanges with the OFFER")
	f.BoolVar(&o.PXE, "pxe", false, "send what firmware sends that boots")
	await := f.Duration("await", 0, "ask for the last client until it is answered, at most so long, and print the time")
	format := f.String("format", "text", "of the result: text, json or kv (one line of words)")
	if err := f.Parse(args); err != nil {
		return err
	}
	hardware, err := net.ParseMAC(*mac)
	if err != nil || len(hardware) != len(o.MAC) {
		return fmt.Errorf("-mac %q is no hardware address of Ethernet", *mac)
	}
	o.MAC = [6]byte(hardware)
	if *await > 0 {
		start := time.Now()
		if err := load.Await(o, *await); err != nil {
			return err
		}
		_, err := fmt.Fprintln(out, time.Since(start))
		return err
	}
	r, err := load.Run(o)
	if err != nil {
		return err
	}
	return write(out, *format, r)
}

func write(out io.Writer, format string, r load.Result) error {
	switch format {
	case "text":
		_, err := fmt.Fprintf(out, `begun      %d (%.0f/s) in %.1f s, strangers %d, answered %d
completed  %d (%.0f/s), lost %.2f %%, wrong address %d, refused %d, late %d, stray %d, unsent %d
whole      p50 %.0f µs, p99 %.0f µs, p99.9 %.0f µs, at most %.0f µs; generator's CPU %.0f %%
`,
			r.Begun, r.BegunRate, r.Seconds, r.Strangers, r.Answered,
			r.Completed, r.Rate, r.LostPct, r.WrongIP, r.Refused, r.Late, r.Stray, r.Unsent,
			r.Whole.P50, r.Whole.P99, r.Whole.P999, r.Whole.Max, r.CPUPct)
		return err
	case "json":
		return json.NewEncoder(out).Encode(r)
	case "kv":
		text, err := json.Marshal(r)
		if err != nil {
			return err
		}
		var fields map[string]any
		if err := json.Unmarshal(text, &fields); err != nil {
			return err
		}
		_, err = fmt.Fprintln(out, strings.Join(words("", fields), " "))
		return err
	}
	return fmt.Errorf("-format %s: want text, json or kv", format)
}

// words writes fields as key=value, sorted.
func words(prefix string, fields map[string]any) []string {
	var all []string
	for key, value := range fields {
		if inner, ok := value.(map[string]any); ok {
			all = append(all, words(prefix+key+"_", inner)...)
			continue
		}
		all = append(all, fmt.Sprintf("%s%s=%.6g", prefix, key, value))
	}
	slices.Sort(all)
	return all
}
