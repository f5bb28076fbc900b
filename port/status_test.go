package port_test

import (
	"context"
	"errors"
	"testing"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/classictest"
	"github.com/clusto/clusto/port"
)

func TestStatusOf(t *testing.T) {
	update(t, classictest.New(t), func(ctx context.Context, inv *clusto.Inventory) error {
		d := devices(ctx, t, inv, "basicserver", "web1", "basicnetworkswitch", "sw1")
		web, sw := end(t, d[0], "nic-eth", 1), end(t, d[1], "nic-eth", 5)
		free, err := port.StatusOf(ctx, sw)
		if err != nil || free.Connected || len(free.Attrs) != 0 {
			t.Errorf("a port that nothing was done with: %+v, %v", free, err)
		}
		if err := port.Connect(ctx, web, sw); err != nil {
			return err
		}
		for _, vlan := range []int64{7, 8} {
			if err := port.AddAttr(ctx, sw, "vlan", clusto.Int(vlan)); err != nil {
				return err
			}
		}
		if err := port.SetAttr(ctx, sw, "mac", clusto.String("00:16:3e:00:00:01")); err != nil {
			return err
		}
		s, err := port.StatusOf(ctx, sw)
		if err != nil {
			return err
		}
		if !s.Connected || s.Peer.String() != web.String() || s.String() != sw.String() {
			t.Errorf("%s leads to %s, want %s", s.End, s.Peer, web)
		}
		if v, ok, err := s.Value("mac"); v.Str() != "00:16:3e:00:00:01" || !ok || err != nil {
			t.Errorf("mac: %s, %v, %v", v.Text(), ok, err)
		}
		if v, ok, err := s.Value("osname"); !v.IsNone() || ok || err != nil {
			t.Errorf("osname: %s, %v, %v", v.Text(), ok, err)
		}
		if _, _, err := s.Value("vlan"); !errors.Is(err, clusto.ErrInvalid) {
			t.Errorf("two vlans: got error %v, want ErrInvalid", err)
		}
		return nil
	})
}
