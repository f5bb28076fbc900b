package client

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"iter"
	"net/http"

	"github.com/clusto/clusto/api"
	"github.com/clusto/clusto/client/internal/rest"
)

// LeaseFilter selects DHCP clients that have asked.
type LeaseFilter = api.ListLeasesParams

// ExplainDHCP returns what the DHCP client that o describes would be told, and why.
func (c *Client) ExplainDHCP(ctx context.Context, o api.ExplainDhcpParams) (*api.DhcpExplanation, error) {
	return fetch[api.DhcpExplanation](ctx, c, o)(rest.NewExplainDhcpRequest(c.base, nil))
}

// Leases returns the DHCP clients that have asked and that f selects, the latest
// first.
func (c *Client) Leases(ctx context.Context, f LeaseFilter) (*api.LeaseList, error) {
	return fetch[api.LeaseList](ctx, c, f)(rest.NewListLeasesRequest(c.base, nil))
}

// ReplayDHCP returns what the requests of a recording, in the format of tcpdump,
// would be answered at a version or a time; "" is now.
func (c *Client) ReplayDHCP(ctx context.Context, recording io.Reader, at string) (*api.DhcpReplay, error) {
	req, err := rest.NewReplayDhcpRequestWithBody(c.base, nil, "application/vnd.tcpdump.pcap", http.NoBody)
	if err != nil {
		return nil, err
	}
	if err := setBody(req, recording); err != nil {
		return nil, err
	}
	return fetch[api.DhcpReplay](ctx, c.patient(), api.ReplayDhcpParams{At: at})(req, nil)
}

// DHCPEvent is a packet that the server has received, or says how many were missed.
// The first one says that packets are watched from then on: it is zero.
type DHCPEvent struct {
	api.DhcpPacket
	// Missed is how many packets came faster than they were read, and are not
	// shown. If it is not 0 there is no packet.
	Missed int `json:"-"`
}

// WatchDHCP returns each packet that the server receives from now on, and what came
// of it, until ctx or the connection ends, whose error is the last. It returns
// ErrUnsupported if the server answers no DHCP.
func (c *Client) WatchDHCP(ctx context.Context) iter.Seq2[DHCPEvent, error] {
	return func(yield func(DHCPEvent, error) bool) {
		req, err := rest.NewWatchDhcpRequest(c.base)
		body, err := c.stream(ctx, nil, "text/event-stream")(req, err)
		if err != nil {
			yield(DHCPEvent{}, err)
			return
		}
		defer body.Close()
		events := newEventReader(body, c.options.MaxAnswer)
		for {
			e, err := events.next()
			var told DHCPEvent
			if err == nil {
				told, err = e.dhcp(c)
			}
			if ctx.Err() != nil {
				err = ctx.Err()
			}
			if err != nil && !errors.Is(err, io.EOF) {
				yield(DHCPEvent{}, err)
			}
			if err != nil || !yield(told, nil) {
				return
			}
		}
	}
}

// dhcp returns what an event tells.
func (e sseEvent) dhcp(c *Client) (told DHCPEvent, err error) {
	switch e.kind {
	case "packet":
		err = json.Unmarshal(e.data, &told.DhcpPacket)
	case "missed":
		var missed struct{ Packets int }
		err = json.Unmarshal(e.data, &missed)
		told.Missed = missed.Packets
	}
	if err != nil {
		err = c.foreign(err)
	}
	return told, err
}
