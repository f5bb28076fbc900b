package learn_test

import (
	"context"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/driver/all"
	"github.com/clusto/clusto/internal/dbtest"
	"github.com/clusto/clusto/internal/dhcp"
	"github.com/clusto/clusto/internal/dhcp/learn"
	"github.com/clusto/clusto/internal/sqlstore"
	"github.com/clusto/clusto/port"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// asks is a request of the controller of host, at a port or, if that is 0, found otherwise.
func asks(host clusto.EntityID, mac string, number int) *dhcp.Event {
	m, _ := clusto.ParseMAC(mac)
	a := &dhcp.Answer{Host: clusto.Entity{ID: host}, Learn: true, BMC: true}
	if number > 0 {
		a.PortType, a.Port = port.Ethernet, number
	}
	return &dhcp.Event{Client: &dhcp.Client{MAC: m}, Answer: a}
}

func TestLearn(t *testing.T) {
	store, drivers := dbtest.New(t, sqlstore.Options{}), all.Drivers()
	ctx := t.Context()
	var host clusto.EntityID
	_, err := store.Update(ctx, clusto.Change{}, func(tx clusto.Tx) error {
		d, _ := drivers.Driver("basicserver")
		o, err := clusto.NewInventory(tx, drivers).Create(ctx, d, "s1", nil)
		if err != nil {
			return err
		}
		host = o.ID
		at, err := port.Of(o, port.Ethernet, 2)
		if err != nil {
			return err
		}
		return port.SetAttr(ctx, at, learn.Subkey, clusto.String("0200.0000.0002"))
	})
	if err != nil {
		t.Fatal(err)
	}
	l := learn.New(learn.Options{Store: store, Drivers: drivers})
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan error)
	go func() { done <- l.Run(ctx) }()
	unasked := asks(host, "02:00:00:00:00:09", 0)
	unasked.Answer.Learn = false
	for _, e := range []*dhcp.Event{
		unasked, {}, asks(host, "02:00:00:00:00:01", 0), asks(host, "02:00:00:00:00:01", 0), asks(host, "02:00:00:00:00:01", 1),
		asks(999, "02:00:00:00:00:03", 0), asks(host, "02:00:00:00:00:02", 2), asks(host, "02:00:00:00:00:03", 2),
	} {
		l.Observe(e)
	}
	for end := time.Now().Add(20 * time.Second); l.Stats() != (learn.Stats{Noted: 2, Failed: 1}) && time.Now().Before(end); {
		time.Sleep(time.Millisecond)
	}
	cancel()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if st := l.Stats(); st != (learn.Stats{Noted: 2, Failed: 1}) {
		t.Errorf("%+v", st)
	}
	err = store.View(t.Context(), clusto.Live, func(r clusto.Reader) error {
		for number, want := range map[int64]string{1: "02:00:00:00:00:01", 2: "02:00:00:00:00:03"} {
			attrs, err := clusto.Collect(r.Attrs(t.Context(), clusto.AttrMatch{Number: clusto.Is(number), Subkey: clusto.Is(learn.Subkey)}))
			if err != nil || len(attrs) != 1 || attrs[0].Value.Str() != want {
				t.Errorf("port %d: %v, %v, want %s", number, attrs, err, want)
			}
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}
