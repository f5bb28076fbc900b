package app

import (
	"context"
	"errors"
	"net"
	"path/filepath"
	"testing"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/driver/all"
	"github.com/clusto/clusto/internal/cli"
)

// TestDemoLeavesNothing has demonstrations that cannot be given, or are interrupted
// before the database is complete: nothing is left.
func TestDemoLeavesNothing(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	interrupted, cancel := context.WithCancel(t.Context())
	cancel()
	for name, c := range map[string]struct {
		ctx     context.Context
		options cli.Demo
		want    error
	}{
		"a port that is taken":     {t.Context(), cli.Demo{HTTP: l.Addr().String()}, clusto.ErrUnavailable},
		"nowhere to be served":     {t.Context(), cli.Demo{HTTP: "off"}, clusto.ErrInvalid},
		"interrupted at its begin": {interrupted, cli.Demo{Once: true}, context.Canceled},
	} {
		t.Run(name, func(t *testing.T) {
			c.options.Dir, c.options.Out = t.TempDir(), t.Output()
			p := &program{drivers: all.Drivers()}
			if err := p.runDemo(c.ctx, c.options); !errors.Is(err, c.want) {
				t.Errorf("got %v, want %v", err, c.want)
			}
			left, err := filepath.Glob(filepath.Join(c.options.Dir, "*"))
			if err != nil || len(left) > 0 {
				t.Errorf("left: %v, %v", left, err)
			}
		})
	}
}
