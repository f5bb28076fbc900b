package app

import (
	"context"
	"io/fs"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"time"

	"github.com/clusto/clusto/internal/cli"
	"github.com/clusto/clusto/rackfactory"
)

// layoutDir is where in the library directory the layouts of racks are.
const layoutDir = "racklayouts"

// layouts returns the layouts that ship with the program and those of the
// library. One that cannot be read is reported and left out.
func layouts(s cli.Setting) (*rackfactory.Layouts, error) {
	var library fs.FS
	if s.LibDir != "" {
		library = os.DirFS(filepath.Join(s.LibDir, layoutDir))
	}
	l, err := rackfactory.New(rackfactory.Options{
		Library:  library,
		Domain:   s.Config.RackFactory.Domain,
		Resolver: resolver{s.Config.RackFactory.DNSTimeout},
		Log:      s.Log,
	})
	if l == nil {
		return nil, err
	}
	if err != nil {
		s.Log.Warn("rack layouts of the library", "err", err)
	}
	return l, nil
}

// resolver asks the DNS of the system, and waits only so long.
type resolver struct{ timeout time.Duration }

func (r resolver) LookupNetIP(ctx context.Context, network, host string) ([]netip.Addr, error) {
	ctx, cancel := context.WithTimeout(ctx, r.timeout)
	defer cancel()
	return net.DefaultResolver.LookupNetIP(ctx, network, host)
}
