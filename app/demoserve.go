package app

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/netip"
	"time"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/cli"
	"github.com/clusto/clusto/internal/config"
	"github.com/clusto/clusto/internal/demo"
)

// Where the demonstration is served: at the first of some ports that is free.
const (
	demoHost  = "127.0.0.1"
	demoPort  = 1162
	demoPorts = 100
)

// demoPause is how long the imitated switch waits between two machines.
const demoPause = 20 * time.Second

// listenForDemo sets in a configuration where HTTP and traps are listened for:
// HTTP at the address that somebody asked for, or else both at the same number.
func listenForDemo(conf *config.Config, asked string) error {
	port, err := freeDemoPort(asked == "")
	if err != nil {
		return err
	}
	addr := netip.AddrPortFrom(netip.MustParseAddr(demoHost), port).String()
	conf.Serve.SNMPTrap = addr
	conf.SNMPTrapd.Communities = []config.Secret{demo.Community}
	if asked == "" {
		asked = addr
	}
	if err := conf.Set("http", "listen", asked); err != nil {
		return clusto.WithHint(clusto.Errorf(clusto.ErrInvalid, "--http: %w", err), "see clusto demo --help")
	}
	if len(conf.HTTP.Listen) == 0 {
		return clusto.WithHint(clusto.Errorf(clusto.ErrInvalid, "--http: the demonstration cannot be served at %s", asked), "--once serves nothing")
	}
	return tryListen(conf.HTTP.Listen)
}

// tryListen returns the error of listening on addresses, and goes away again.
// Somebody else may take one before it is used, who is then told of.
func tryListen(addrs []string) error {
	for _, addr := range addrs {
		l, err := net.Listen("tcp", addr)
		if err != nil {
			return clusto.WithHint(clusto.Errorf(clusto.ErrUnavailable, "demo: %w", err), "name another address with --http, or none to take a free port")
		}
		l.Close()
	}
	return nil
}

// freeDemoPort returns a port that nobody listens on for traps, and with both set
// for HTTP neither. Somebody else may take it before it is used, who is then told of.
func freeDemoPort(both bool) (uint16, error) {
	for port := uint16(demoPort); port < demoPort+demoPorts; port++ {
		addr := fmt.Sprintf("%s:%d", demoHost, port)
		packets, err := net.ListenPacket("udp", addr)
		if err != nil {
			continue
		}
		packets.Close()
		if !both {
			return port, nil
		}
		if l, err := net.Listen("tcp", addr); err == nil {
			l.Close()
			return port, nil
		}
	}
	return 0, clusto.Errorf(clusto.ErrUnavailable, "demo: none of the ports %d to %d of %s is free", demoPort, demoPort+demoPorts-1, demoHost)
}

// serveDemo serves what was played until ctx ends, while the switch reports more.
func (p *program) serveDemo(ctx context.Context, s cli.Setting, out io.Writer) error {
	same := func() (*config.Config, error) { return s.Config, nil }
	err := p.serveThen(ctx, s, same, func(ctx context.Context) error {
		addr, err := netip.ParseAddrPort(s.Config.Serve.SNMPTrap)
		if err != nil {
			return err
		}
		ticker := time.NewTicker(demoPause)
		defer ticker.Stop()
		fmt.Fprintf(out, "Open http://%s/ in a browser; a rack is at http://%[1]s/racks/sv3-001.\nThe API is at http://%[1]s/api/v1, traps are taken at %s. All this until Ctrl-C.\n\n",
			s.Config.HTTP.Listen[0], addr)
		return demo.GoOn(ctx, addr, ticker.C, func(text string) {
			fmt.Fprintf(out, "%s %s\n", time.Now().Format(time.TimeOnly), text)
		})
	})
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "\nThe database stays: %s\n", s.DSN)
	return err
}
