package bench_test

import (
	"context"
	"flag"
	"fmt"
	"net/netip"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/driver/all"
	"github.com/clusto/clusto/internal/snmp"
	"github.com/clusto/clusto/internal/snmptrap"
	"github.com/clusto/clusto/internal/sqlstore/sqlite"
	"github.com/clusto/clusto/rackfactory"
)

var (
	trapRatesFlag    = flag.String("trap-rates", "500", "rates, in traps a second, at which BenchmarkSNMP sends; 0 is as fast as possible")
	trapTurnFlag     = flag.Duration("trap-turn", 200*time.Millisecond, "how long BenchmarkSNMP sends at each rate")
	trapSwitchesFlag = flag.Int("trap-switches", 2, "how many switches send for BenchmarkSNMP, each with 30 servers")
)

// Where that is: the receiver's address and that of the first switch, in a
// network that is nowhere else, as the namespace is one of its own.
var (
	trapReceiver = netip.MustParseAddrPort("10.88.0.1:162")
	firstSwitch  = netip.MustParseAddr("10.88.1.1")
)

// BenchmarkSNMP sends traps that change nothing, of one MAC address each, at rising
// rates to "clusto snmptrapd" and to snmptrapd of net-snmp, in turns. Each has one
// core, and the sender another. It makes a network namespace for that, so it
// wants Linux, root, two cores, and the programs ip, taskset and snmptrapd; where
// they are not there it is skipped. lossless is the highest rate at which
// nothing was lost, CPU-µs what of the processor a trap took at that rate.
func BenchmarkSNMP(b *testing.B) {
	site := newTrapSite(b)
	rates := strings.Split(*trapRatesFlag, ",")
	best := map[string]intake{}
	for b.Loop() {
		for _, text := range rates {
			rate, err := strconv.ParseFloat(text, 64)
			if err != nil {
				b.Fatal(err)
			}
			row := []intake{site.measure(b, site.clusto, rate), site.measure(b, site.snmptrapd, rate)}
			found.add("### SNMP traps that change nothing", trapTableBegin, trapRow(rate, row))
			for i, name := range []string{"clusto", "snmptrapd"} {
				b.Logf("%s at %s/s: %+v", name, text, row[i])
				if in := row[i]; in.lost() == 0 && in.rate() > best[name].rate() {
					best[name] = in
				}
			}
		}
	}
	for name, in := range best {
		b.ReportMetric(in.rate(), name+"-lossless/s")
		b.ReportMetric(float64(in.each())/1e3, name+"-CPU-µs/trap")
	}
	b.ReportMetric(0, "ns/op")
}

// trapTableBegin returns what stands above the rows of the table.
func trapTableBegin() string {
	return fmt.Sprintf("SQLite with %d servers, on %s, %d cores, load %s, %s.\n\n", *trapSwitchesFlag*portsPerSwitch,
		time.Now().UTC().Format(time.DateOnly), runtime.NumCPU(), loadAverage(), runtime.Version()) +
		"| asked | clusto: sent | lost | by the kernel | CPU | snmptrapd: sent | lost | by the kernel | CPU |\n|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n"
}

// trapRow returns the row for a rate.
func trapRow(rate float64, of []intake) string {
	asked := thousands(rate) + "/s"
	if rate == 0 {
		asked = "as fast as possible"
	}
	row := "| " + asked + " |"
	for _, in := range of {
		row += fmt.Sprintf(" %s/s | %.2f %% | %s | %s |", thousands(in.rate()), 100*in.lost(), thousands(float64(in.dropped)), duration(in.each()))
	}
	return row
}

// intake is what a daemon took in at a rate.
type intake struct {
	sent, taken int
	dropped     int // by the kernel, before the daemon could read it
	took, cpu   time.Duration
}

// lost is the part that was lost.
func (in intake) lost() float64 { return float64(in.sent-in.taken) / float64(max(in.sent, 1)) }

// rate is how many were sent in a second.
func (in intake) rate() float64 {
	if in.took == 0 {
		return 0
	}
	return float64(in.sent) / in.took.Seconds()
}

// each is what of the processor one that was taken in took.
func (in intake) each() time.Duration { return in.cpu / time.Duration(max(in.taken, 1)) }

// makeTrapDatabase makes a database in which every trap that is sent is known: the
// servers have been made by the very traps.
func makeTrapDatabase(b *testing.B, path string) {
	b.Helper()
	ctx := b.Context()
	store, _, err := sqlite.Create(ctx, path, sqlite.Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer store.Close()
	layouts, err := rackfactory.New(rackfactory.Options{})
	if err != nil {
		b.Fatal(err)
	}
	drivers := all.Drivers()
	if _, err := store.Update(ctx, clusto.Change{}, func(tx clusto.Tx) error {
		return makeSwitches(ctx, clusto.NewInventory(tx, drivers), layouts)
	}); err != nil {
		b.Fatal(err)
	}
	d, err := snmptrap.New(snmptrap.Options{Store: store, Drivers: drivers, Factories: layouts, Listen: snmp.Options{Addr: "127.0.0.1:0"}})
	if err != nil {
		b.Fatal(err)
	}
	defer d.Close()
	for sw, addr := 0, firstSwitch; sw < *trapSwitchesFlag; sw, addr = sw+1, addr.Next() {
		for p := range portsPerSwitch {
			octets, err := snmp.EncodeMACChanges([]snmp.MACChange{{
				Op: snmp.MACLearnt, VLAN: 442, MAC: snmp.MAC{2, 0x20, byte(sw >> 8), byte(sw), byte(p >> 8), byte(p)}, Port: p + 1,
			}})
			if err != nil {
				b.Fatal(err)
			}
			d.Handle(ctx, snmp.Trap{Source: netip.AddrPortFrom(addr, 51234), OID: snmp.OIDMACChanged,
				VarBinds: []snmp.VarBind{{OID: "1.3.6.1.4.1.9.9.215.1.1.8.1.2.1", Value: octets}}})
		}
	}
	if s := d.Stats(); s.Created != uint64(*trapSwitchesFlag*portsPerSwitch) {
		b.Fatalf("%+v", s)
	}
}

// makeSwitches makes the racks whose switches send.
func makeSwitches(ctx context.Context, inv *clusto.Inventory, layouts *rackfactory.Layouts) error {
	create := func(driver, name string, props map[string]clusto.Value) (*clusto.Object, error) {
		d, ok := inv.Drivers().Driver(driver)
		if !ok {
			return nil, fmt.Errorf("no driver %s", driver)
		}
		return inv.Create(ctx, d, name, props)
	}
	network := func(name, base string) (*clusto.Object, error) {
		return create("ipmanager", name, map[string]clusto.Value{"baseip": clusto.String(base), "netmask": clusto.String("255.255.0.0")})
	}
	if _, err := network("switches", "10.88.0.0"); err != nil {
		return err
	}
	servers, err := network("servers", "10.89.0.0")
	if err != nil {
		return err
	}
	if _, err := create("simpleentitynamemanager", snmptrap.DefaultNameManager, map[string]clusto.Value{"basename": clusto.String("s"), "digits": clusto.Int(5)}); err != nil {
		return err
	}
	dc, err := create("basicdatacenter", "dc", nil)
	if err != nil {
		return err
	}
	if err := dc.AddAttrs(ctx, clusto.Attr{Key: "snmp", Subkey: clusto.Sub("discovery"), Value: clusto.Int(1)},
		clusto.Attr{Key: rackfactory.KeyManager, Value: clusto.RelationTo(servers.ID)}); err != nil {
		return err
	}
	for sw, addr := 0, firstSwitch; sw < *trapSwitchesFlag; sw, addr = sw+1, addr.Next() {
		rack, err := create("apcrack", fmt.Sprintf("rack%d", sw), nil)
		if err != nil {
			return err
		}
		if err := makeSwitch(ctx, dc, rack, layouts, addr); err != nil {
			return err
		}
	}
	return nil
}

// makeSwitch has the layout fill a rack, and gives its switch an address.
func makeSwitch(ctx context.Context, dc, rack *clusto.Object, layouts *rackfactory.Layouts, addr netip.Addr) error {
	if err := dc.Insert(ctx, rack); err != nil {
		return err
	}
	if err := rack.AddAttr(ctx, clusto.Attr{Key: rackfactory.KeyLayout, Value: clusto.String("201001")}); err != nil {
		return err
	}
	factory, err := rackfactory.Of(ctx, layouts, rack)
	if err != nil {
		return err
	}
	if err := factory.ConnectPorts(ctx); err != nil {
		return err
	}
	sw, err := rack.Inventory().Object(ctx, rack.Name+"-sw1")
	if err != nil {
		return err
	}
	_, err = sw.Call(ctx, "add_ip", addr.String())
	return err
}
