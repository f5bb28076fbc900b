package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/clusto/clusto/api"
	"github.com/clusto/clusto/client"
	"github.com/clusto/clusto/internal/dhcp"
	"github.com/clusto/clusto/internal/dhcp/replay"
)

func dhcpWatchCommand(r *run) *cobra.Command {
	var file string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "watch",
		Short: "show live what the DHCP server does",
		Long: `Shows each packet that the DHCP server receives, and what came of it, until it is
interrupted. The DSN must be the address of a server that runs "clusto serve
--dhcp", and who watches must be an administrator: packets tell of everything.

--write keeps the packets, requests and answers, in a file that tcpdump, Wireshark
and "clusto dhcp replay" read.`,
		Example: `  clusto dhcp watch --dsn https://clusto.example.com
  clusto dhcp watch --write boot.pcap
  clusto dhcp watch --json | jq -r 'select(.reason) | .client'`,
		Annotations: exits(databaseExits, []exit{
			{statusOK, "ended by SIGINT or SIGTERM"},
			{statusUnsupported, "the server answers no DHCP, or the DSN names a database"},
			{statusDenied, "only an administrator may watch"},
		}),
		Args:              noArgs,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return r.ask(cmd, func(ctx context.Context, c *client.Client) (err error) {
				show := r.printPacket
				if asJSON {
					out := json.NewEncoder(r.Stdout)
					show = func(p *api.DhcpPacket) error { return out.Encode(p) }
				}
				if file != "" {
					f, err := os.Create(file)
					if err != nil {
						return err
					}
					defer func() { err = errors.Join(err, f.Close()) }()
					recording, err := replay.NewWriter(f)
					if err != nil {
						return err
					}
					print := show
					show = func(p *api.DhcpPacket) error { return errors.Join(recording.Write(eventOf(p)), print(p)) }
				}
				return r.watch(ctx, c, show)
			})
		},
	}
	flags := cmd.Flags()
	flags.StringVarP(&file, "write", "w", "", "keep the packets in this `FILE`, in the format of tcpdump")
	flags.BoolVar(&asJSON, "json", false, "print JSON, a line for each packet")
	return cmd
}

// watch shows packets until ctx ends.
func (r *run) watch(ctx context.Context, c *client.Client, show func(*api.DhcpPacket) error) error {
	for e, err := range c.WatchDHCP(ctx) {
		switch {
		case ctx.Err() != nil:
			return nil // which is how watching ends
		case err != nil:
			return err
		case e.Missed > 0:
			fmt.Fprintf(r.Stderr, "%d packets came too fast to be shown\n", e.Missed)
		case e.Family == 0:
			fmt.Fprintln(r.Stderr, "watching; Ctrl-C ends it")
		default:
			if err := show(&e.DhcpPacket); err != nil {
				return err
			}
		}
	}
	return nil
}

// printPacket prints what came of a packet in one line.
func (r *run) printPacket(p *api.DhcpPacket) error {
	_, err := fmt.Fprintln(r.Stdout, p.At.Local().Format("15:04:05.000")+"  "+packetText(p))
	return err
}

// packetText says what came of a packet.
func packetText(p *api.DhcpPacket) string {
	words := []string{p.Message}
	if p.Message == "" {
		words[0] = "?"
	}
	if p.Client != "" {
		words = append(words, p.Client)
	}
	if p.Entity != "" {
		words = append(words, "("+p.Entity+")")
	}
	words = append(words, "from", p.From)
	if p.Via != "" {
		words = append(words, "on", p.Via)
	}
	switch {
	case p.Reply == "":
		words = append(words, "-> no answer:", p.Reason)
	default:
		words = append(words, "->", p.Reply)
		if p.Address != "" {
			words = append(words, p.Address)
		}
		if p.Reason != "" {
			words = append(words, "("+p.Reason+")")
		}
	}
	return strings.Join(words, " ")
}

// eventOf returns a packet as a recording takes it. What is no address is none.
func eventOf(p *api.DhcpPacket) *dhcp.Event {
	at := func(text string) netip.AddrPort {
		addr, _ := netip.ParseAddrPort(text)
		return addr
	}
	return &dhcp.Event{
		At: p.At, Family: dhcp.Family(p.Family), From: at(p.From), To: at(p.To), Dest: at(p.Dest), Packet: p.Packet, Response: p.Response,
	}
}
