package client

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/api"
	"github.com/clusto/clusto/client/internal/rest"
)

// version is the version of the API that this client speaks.
const version = "1"

// FsckOptions are what is looked for, and whether it is repaired.
type FsckOptions = api.FsckJSONBody

// Server returns what the server is.
func (c *Client) Server(ctx context.Context) (*api.ServerInfo, error) {
	return fetch[api.ServerInfo](ctx, c, nil)(rest.NewGetServerRequest(c.base))
}

// Check returns what the server is, and ErrUnsupported if it speaks another
// version of the API than this client.
func (c *Client) Check(ctx context.Context) (*api.ServerInfo, error) {
	info, err := c.Server(ctx)
	if err != nil {
		return nil, err
	}
	if info.Api != version {
		return nil, clusto.WithHint(clusto.Errorf(clusto.ErrUnsupported, "%s is clusto %s and speaks version %s of the API; this program speaks version %s",
			c.address, info.Version, info.Api, version), "use a program and a server of the same release")
	}
	return info, nil
}

// Fsck looks for what is wrong in the inventory, and repairs it if o says so.
func (c *Client) Fsck(ctx context.Context, o FsckOptions) (*api.FsckReport, error) {
	return fetch[api.FsckReport](ctx, c.patient(), api.FsckParams{IdempotencyKey: c.key(Change{})})(
		rest.NewFsckRequest(c.base, nil, api.FsckJSONRequestBody(o)))
}

// LastFsck returns what was found wrong at most maxAge ago, in whole seconds, or looks
// now. 0 is the server's default.
func (c *Client) LastFsck(ctx context.Context, maxAge time.Duration) (*api.FsckState, error) {
	return fetch[api.FsckState](ctx, c.patient(), api.LastFsckParams{MaxAge: int(maxAge / time.Second)})(rest.NewLastFsckRequest(c.base, nil))
}

// Overview returns what there is in numbers at a version or a time; "" is now.
func (c *Client) Overview(ctx context.Context, at string) (*api.Overview, error) {
	return fetch[api.Overview](ctx, c, api.GetOverviewParams{At: at})(rest.NewGetOverviewRequest(c.base, nil))
}

// Ready returns nil if the server says that it can work, else ErrUnavailable with
// its reasons. It asks once.
func (c *Client) Ready(ctx context.Context) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.address+"/readyz", nil)
	if err != nil {
		return err
	}
	res, err := c.http.Do(req)
	if err != nil {
		return c.faultOf(req, err)
	}
	defer res.Body.Close()
	if res.StatusCode == http.StatusOK {
		return nil
	}
	var said struct {
		Checks []struct {
			Name, Reason string
			OK           bool
		}
	}
	if json.NewDecoder(io.LimitReader(res.Body, maxProblem)).Decode(&said) != nil || len(said.Checks) == 0 {
		return clusto.Errorf(clusto.ErrUnavailable, "%s/readyz answers %s", c.address, res.Status)
	}
	var reasons []string
	for _, check := range said.Checks {
		if !check.OK {
			reasons = append(reasons, check.Name+": "+check.Reason)
		}
	}
	return clusto.Errorf(clusto.ErrUnavailable, "the server cannot work: %s", strings.Join(reasons, "; "))
}
