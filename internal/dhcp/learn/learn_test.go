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

// asks is a request of the controller of host.
func asks(host clusto.EntityID, mac string) *dhcp.Event {
	m, _ := clusto.ParseMAC(mac)
	return &dhcp.Event{Client: &dhcp.Client{MAC: m}, Answer: &dhcp.Answer{Host: clusto.Entity{ID: host}, Learn: true, BMC: true}}
}

// later is e a day later.
func later(e *dhcp.Event) *dhcp.Event {
	e.At = e.At.Add(24 * time.Hour)
	return e
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
		at, err := port.Of(o, port.Ethernet, 1)
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
	unasked := asks(host, "02:00:00:00:00:09")
	unasked.Answer.Learn = false
	for _, e := range []*dhcp.Event{
		unasked, {}, asks(host, "02:00:00:00:00:02"), asks(host, "02:00:00:00:00:01"), asks(host, "02:00:00:00:00:01"),
		asks(999, "02:00:00:00:00:03"), asks(host, "02:00:00:00:00:03"),
		asks(host, "02:00:00:00:00:01"), asks(host, "02:00:00:00:00:03"), // two that take turns
		asks(host, "02:00:00:00:00:04"), asks(host, "02:00:00:00:00:05"), // and made up ones
		later(asks(host, "02:00:00:00:00:01")), later(asks(host, "02:00:00:00:00:03")),
	} {
		l.Observe(e)
	}
	for end := time.Now().Add(20 * time.Second); l.Stats() != (learn.Stats{Noted: 5, Dropped: 1, Failed: 1}) && time.Now().Before(end); {
		time.Sleep(time.Millisecond)
	}
	cancel()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if st := l.Stats(); st != (learn.Stats{Noted: 5, Dropped: 1, Failed: 1}) {
		t.Errorf("%+v", st)
	}
	err = store.View(t.Context(), clusto.Live, func(r clusto.Reader) error {
		attrs, err := clusto.Collect(r.Attrs(t.Context(), clusto.AttrMatch{Subkey: clusto.Is(learn.Subkey)}))
		if err != nil || len(attrs) != 1 || attrs[0].Key != "port-nic-eth" || attrs[0].Number != clusto.Num(1) || attrs[0].Value.Str() != "02:00:00:00:00:03" {
			t.Errorf("got %v, %v", attrs, err)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}
