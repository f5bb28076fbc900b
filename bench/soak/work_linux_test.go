package soak

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strconv"
	"time"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/api"
	"github.com/clusto/clusto/bench/dhcp/hosts"
	"github.com/clusto/clusto/bench/dhcp/load"
	"github.com/clusto/clusto/client"
	"github.com/clusto/clusto/internal/snmp"
	"github.com/clusto/clusto/internal/testenv"
)

// hostsWorker is the hosts, which ask for their addresses all the time, whatever
// becomes of the database.
type hostsWorker struct {
	*site
	begun, completed, wrong, answered int
}

func newHosts(s *site) worker { return &hostsWorker{site: s} }

func (w *hostsWorker) work(ctx context.Context) error {
	o := load.Options{
		Server: hosts.Gateway, Relay: relayAddr, MAC: hosts.MAC(0), Addr: hosts.Addr(0), Clients: knownHosts,
		Rate: 200, Duration: time.Second, Strangers: 10,
	}
	for ctx.Err() == nil {
		err := w.relay.Do(func() error {
			r, err := load.Run(o)
			w.begun, w.completed, w.wrong, w.answered = w.begun+r.Begun, w.completed+r.Completed, w.wrong+r.WrongIP, w.answered+r.Answered
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (w *hostsWorker) check() {
	w.Logf("%d of %d exchanges of DHCP were completed", w.completed, w.begun)
	if w.completed < w.begun*99/100 || w.begun == 0 {
		w.Errorf("only %d of %d exchanges of DHCP were completed", w.completed, w.begun)
	}
	if w.wrong+w.answered > 0 {
		w.Errorf("%d hosts were told a wrong address, and %d strangers any", w.wrong, w.answered)
	}
}

// switchesWorker is the switches, which tell of new servers and of old ones.
type switchesWorker struct {
	*site
	told map[clusto.MAC]bool // what was acknowledged
	sent int
}

func newSwitches(s *site) worker { return &switchesWorker{site: s, told: map[clusto.MAC]bool{}} }

func (w *switchesWorker) work(ctx context.Context) error {
	for n := 0; ctx.Err() == nil; n++ {
		rack, number := n%racks, n/racks%portsOfRack
		mac := clusto.MAC{0x02, 0x77, 0, 0, byte(rack), byte(number)}
		notice := snmp.MACNotification{
			From: switchAddr(rack), To: trapAddr, Community: "public", Inform: true,
			Changes: []snmp.MACChange{{Op: snmp.MACLearnt, VLAN: 442, MAC: snmp.MAC(mac), Port: number + 1}},
		}
		err := w.switchs.Do(func() error { return snmp.SendMACNotification(ctx, notice) })
		w.sent++
		if err == nil { // else the switch tells it again
			w.told[mac] = true
		}
		pause(ctx, 5*time.Millisecond)
	}
	return nil
}

func (w *switchesWorker) check() {
	w.Logf("%d informs of %d servers were acknowledged, of %d that were sent", len(w.told), racks*portsOfRack, w.sent)
	store := w.open()
	var missing []clusto.MAC
	for giveUp := time.Now().Add(30 * time.Second); ; time.Sleep(50 * time.Millisecond) { // what was acknowledged last may be in a queue
		err := store.View(w.Context(), clusto.Live, func(r clusto.Reader) (err error) {
			missing, err = w.missing(r)
			return err
		})
		if err != nil {
			w.Fatal(err)
		}
		if len(missing) == 0 || time.Now().After(giveUp) {
			break
		}
	}
	for _, mac := range missing {
		w.Errorf("a switch's inform of %v was acknowledged, and there is not one server that has it", mac)
	}
}

// missing returns the hardware addresses that not exactly one server has.
func (w *switchesWorker) missing(r clusto.Reader) (missing []clusto.MAC, err error) {
	for mac := range w.told {
		attrs, err := clusto.Collect(r.Attrs(w.Context(), clusto.AttrMatch{MAC: &mac, Key: clusto.Is("bootstrap")}))
		if err != nil {
			return nil, err
		}
		if len(attrs) != 1 {
			missing = append(missing, mac)
		}
	}
	return missing, nil
}

// writer changes one host by the API.
type writer struct {
	*site
	name string
	last int // change that was acknowledged
}

func newWriter(s *site, name string) worker { return &writer{site: s, name: name} }

func (w *writer) work(ctx context.Context) error {
	for n := 1; ; n++ {
		attrs := []api.NewAttr{{Key: w.name, Value: json.RawMessage(strconv.Itoa(n))}}
		_, err := w.api.AddAttrs(ctx, hosts.Name(0), attrs, client.Change{Key: fmt.Sprintf("%s %d", w.name, n)})
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			return fmt.Errorf("%s, change %d: %w", w.name, n, err)
		}
		w.last = n
		if n%10 == 0 { // so that the host does not grow for ever
			if _, err := w.api.SetAttrs(ctx, hosts.Name(1), attrs, client.Change{}); err != nil && ctx.Err() == nil {
				return err
			}
		}
		pause(ctx, 20*time.Millisecond)
	}
}

// check checks that each change was made once.
func (w *writer) check() {
	shown, err := w.api.Entity(w.Context(), hosts.Name(0), client.EntityOptions{Expand: []string{"attrs"}})
	if err != nil {
		w.Fatal(err)
	}
	times := map[string]int{}
	for _, a := range *shown.Attrs {
		if a.Key == w.name {
			times[string(a.Value)]++
		}
	}
	for n := 1; n <= w.last; n++ {
		if got := times[strconv.Itoa(n)]; got != 1 {
			w.Errorf("change %d of %s was acknowledged, and is there %d times", n, w.name, got)
		}
	}
	w.Logf("%d changes of %s", w.last, w.name)
}

// reader asks by the API.
type reader struct {
	*site
	answers int
}

func newReader(s *site) worker { return &reader{site: s} }

func (w *reader) work(ctx context.Context) error {
	for ctx.Err() == nil {
		name := hosts.Name(rand.IntN(knownHosts))
		e, err := w.api.Entity(ctx, name, client.EntityOptions{Expand: []string{"attrs", "parents"}})
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			return fmt.Errorf("ask for %s: %w", name, err)
		}
		if e.Name != name {
			return fmt.Errorf("asked for %s, got %s", name, e.Name)
		}
		w.answers++
		pause(ctx, 5*time.Millisecond)
	}
	return nil
}

func (w *reader) check() { w.Logf("%d answers to readers", w.answers) }

// cutter cuts connections to the database off.
type cutter struct{ *site }

func newCutter(s *site) worker { return &cutter{site: s} }

func (w *cutter) work(ctx context.Context) error {
	for ctx.Err() == nil {
		switch rand.IntN(3) {
		case 0:
			w.proxy.CutNext(testenv.BeforeSent)
		case 1:
			w.proxy.CutNext(testenv.AfterAnswer)
		default:
			w.proxy.CutAll()
		}
		pause(ctx, time.Duration(rand.IntN(int(time.Second))))
	}
	w.proxy.CutNext(testenv.Never)
	return nil
}

func (w *cutter) check() {
	w.Logf("%d connections were cut off", w.proxy.Cuts())
	if w.proxy.Cuts() == 0 {
		w.Error("no connection was cut off")
	}
}

// pause waits for a while, or until ctx ends.
func pause(ctx context.Context, d time.Duration) {
	select {
	case <-time.After(d):
	case <-ctx.Done():
	}
}

// questions are asked of the server and of the database.
var questions = []string{
	"type = server", "pool = pxeboot-servers and attr system.memory >= 65536", "rack = r1", "attr alice > 0", "type = server and not attr owner = web",
}
