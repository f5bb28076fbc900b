package replay_test

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/dhcp"
	"github.com/clusto/clusto/internal/dhcp/replay"
	"github.com/google/go-cmp/cmp"
	"github.com/insomniacslk/dhcp/dhcpv4"
	"github.com/insomniacslk/dhcp/dhcpv6"
)

var update = flag.Bool("update", false, "write the golden files anew")

var options = replay.Options{Decider: world{}, Reader: reader{}}

// run replays a recording.
func run(t *testing.T, b []byte, o replay.Options) []*replay.Exchange {
	t.Helper()
	var all []*replay.Exchange
	for x, err := range replay.Run(t.Context(), replay.Packets(bytes.NewReader(b), 0), o) {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, x)
	}
	return all
}

// record writes what a server did.
func record(t *testing.T, events ...*dhcp.Event) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := replay.NewWriter(&b)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range events {
		if err := w.Write(e); err != nil {
			t.Fatal(err)
		}
	}
	return b.Bytes()
}

// TestSame replays what clusto itself did: nothing differs.
func TestSame(t *testing.T) {
	t.Parallel()
	from6, to6 := direct6()
	from4, to4 := direct4()
	relay, err := dhcpv6.EncapsulateRelay(solicit(t), dhcpv6.MessageTypeRelayForward, gateway6.AsSlice(), hostLL.AsSlice())
	if err != nil {
		t.Fatal(err)
	}
	events := []*dhcp.Event{
		served(solicit(t).ToBytes(), began, from6, to6),
		served(discover(t).ToBytes(), began.Add(time.Second), from4, to4),
		served(relay.ToBytes(), began.Add(time.Minute), netip.MustParseAddrPort("[2001:db8:1::1]:547"), netip.MustParseAddrPort("[2001:db8::67]:547")),
	}
	all := run(t, record(t, events...), options)
	if len(all) != len(events) {
		t.Fatalf("%d exchanges, want %d", len(all), len(events))
	}
	for i, x := range all {
		if len(x.Recorded) != 1 || len(x.Recorded[0].Differences) > 0 || x.Host.Name != "web1" || len(x.Story.Steps) == 0 {
			t.Errorf("exchange %d: %+v", i, x)
			continue
		}
		if !bytes.Equal(x.Reply, events[i].Response) || x.To != events[i].Dest || !x.Request.At.Equal(events[i].At) {
			t.Errorf("exchange %d: % x to %s, want % x to %s", i, x.Reply, x.To, events[i].Response, events[i].Dest)
		}
	}
}

// strange is what another server answered to the host: other addresses, options
// and times, by two servers, and something that nobody asked for.
func strange(t *testing.T) []*dhcp.Event {
	t.Helper()
	from6, to6 := direct6()
	from4, to4 := direct4()
	six := served(solicit(t).ToBytes(), began, from6, to6)
	adv, err := dhcpv6.MessageFromBytes(six.Response)
	if err != nil {
		t.Fatal(err)
	}
	adv.UpdateOption(dhcpv6.OptServerID(&dhcpv6.DUIDEN{EnterpriseNumber: 9, EnterpriseIdentifier: []byte("kea")}))
	adv.UpdateOption(dhcpv6.OptDNS([]byte(netip.MustParseAddr("2001:db8::54").AsSlice())))
	adv.AddOption(dhcpv6.OptBootFileURL("tftp://[2001:db8::69]/pxe"))
	ia := adv.Options.OneIANA()
	ia.T1 = time.Minute
	ia.Options.Addresses()[0].IPv6Addr = netip.MustParseAddr("2001:db8:1::99").AsSlice()
	six.Response = adv.ToBytes()

	four := served(discover(t).ToBytes(), began.Add(time.Second), from4, to4)
	offer, err := dhcpv4.FromBytes(four.Response)
	if err != nil {
		t.Fatal(err)
	}
	offer.YourIPAddr = []byte{10, 0, 1, 99}
	offer.BootFileName = "pxelinux.0"
	offer.UpdateOption(dhcpv4.OptDomainName("example.org"))
	offer.UpdateOption(dhcpv4.OptGeneric(dhcpv4.GenericOptionCode(224), []byte{1, 2, 3}))
	offer.Options.Del(dhcpv4.OptionRouter)
	other := *four
	four.Response = offer.ToBytes()

	stranger := solicit(t)
	stranger.TransactionID = dhcpv6.TransactionID{9}
	stranger.UpdateOption(dhcpv6.OptClientID(&dhcpv6.DUIDEN{EnterpriseNumber: 9, EnterpriseIdentifier: []byte{1}}))
	unanswered := served(stranger.ToBytes(), began.Add(2*time.Second), netip.MustParseAddrPort("[fe80::9]:546"), to6)
	late := *six
	late.At, late.Packet, late.Response = began.Add(time.Hour), six.Response, nil
	late.From, late.To = netip.AddrPortFrom(gateway6, 547), from6
	broken := &dhcp.Event{At: began.Add(3 * time.Second), From: from6, To: to6, Packet: []byte{1, 2}}
	other.At = began.Add(4 * time.Second)
	return []*dhcp.Event{six, four, unanswered, broken, {At: other.At, From: netip.AddrPortFrom(server4, 67), To: other.Dest, Packet: other.Response}, &late}
}

// TestRecording replays testdata/other.pcap and compares what is told of it with
// testdata/other.golden.
func TestRecording(t *testing.T) {
	t.Parallel()
	file := filepath.Join("testdata", "other.pcap")
	if *update {
		if err := os.WriteFile(file, record(t, strange(t)...), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var text strings.Builder
	for _, x := range run(t, b, options) {
		fmt.Fprintf(&text, "%s %s from %s: %q %q, %s to %s\n", x.Request.At.Format("15:04:05"), x.Message, x.Request.From, x.Host.Name, x.Reason, x.Told, x.To)
		for _, step := range x.Story.Steps {
			fmt.Fprintf(&text, "    %s: %s\n", step.Subject, step.Text)
		}
		for _, r := range x.Recorded {
			fmt.Fprintf(&text, "  %s of %s\n", r.Told, r.Server)
			for _, d := range r.Differences {
				fmt.Fprintf(&text, "    %s: %q, now %q\n", d.Field, d.Recorded, d.Ours)
			}
		}
	}
	golden := filepath.Join("testdata", "other.golden")
	if *update {
		if err := os.WriteFile(golden, []byte(text.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), text.String()); diff != "" {
		t.Errorf("%s (-want +got):\n%s", golden, diff)
	}
}

// TestIdentity has clusto keep to an identifier of its own if it is given one.
func TestIdentity(t *testing.T) {
	t.Parallel()
	from, to := direct6()
	m := solicit(t)
	m.MessageType = dhcpv6.MessageTypeRequest
	m.AddOption(dhcpv6.OptServerID(&dhcpv6.DUIDEN{EnterpriseNumber: 9, EnterpriseIdentifier: []byte("kea")}))
	b := record(t, &dhcp.Event{At: began, From: from, To: to, Packet: m.ToBytes()})
	o := options
	o.Links = []netip.Addr{gateway6}
	if x := run(t, b, o)[0]; x.Told != "REPLY" {
		t.Errorf("in the other server's place: %q, %q", x.Told, x.Reason)
	}
	o.DUID = duid
	if x := run(t, b, o)[0]; x.Told != "" || x.Reason != "for another server" {
		t.Errorf("as itself: %q, %q", x.Told, x.Reason)
	}
}

// TestProblem reports what cannot be answered.
func TestProblem(t *testing.T) {
	t.Parallel()
	b := recording(t, 101, ip6(44, join([]byte{17, 0, 0, 1, 0, 0, 0, 1}, udp(546, 547, solicit(t).ToBytes()))))
	all := run(t, b, options)
	if len(all) != 1 || all[0].Request.Problem == "" || all[0].Told != "" || all[0].Reason != "" {
		t.Errorf("%+v", all)
	}
}

// failing is a Decider that cannot read the inventory.
type failing struct{}

func (failing) Decide(_ context.Context, _ clusto.Reader, _ *dhcp.Client, a *dhcp.Answer, _ *dhcp.Story) error {
	*a = dhcp.Answer{Reason: dhcp.InventoryFailure}
	return clusto.ErrUnavailable
}

func TestErrors(t *testing.T) {
	t.Parallel()
	from6, to6 := direct6()
	from4, to4 := direct4()
	for _, e := range []*dhcp.Event{served(solicit(t).ToBytes(), began, from6, to6), served(discover(t).ToBytes(), began, from4, to4)} {
		b := record(t, e)
		for _, err := range replay.Run(t.Context(), replay.Packets(bytes.NewReader(b), 0), replay.Options{Decider: failing{}, Reader: reader{}}) {
			if !errors.Is(err, clusto.ErrUnavailable) {
				t.Errorf("%v, want %v", err, clusto.ErrUnavailable)
			}
		}
		var last error
		n := 0
		for _, err := range replay.Run(t.Context(), replay.Packets(bytes.NewReader(b[:len(b)-1]), 0), options) {
			last = err
			n++
		}
		if !errors.Is(last, clusto.ErrInvalid) || n != 2 {
			t.Errorf("%v after %d, want %v", last, n, clusto.ErrInvalid)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, err := range replay.Run(ctx, replay.Packets(bytes.NewReader(record(t, served(solicit(t).ToBytes(), began, from6, to6))), 0), options) {
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%v, want %v", err, context.Canceled)
		}
	}
}

// FuzzReplay replays any bytes.
func FuzzReplay(f *testing.F) {
	from, to := direct6()
	var b bytes.Buffer
	w, err := replay.NewWriter(&b)
	if err != nil {
		f.Fatal(err)
	}
	if err := w.Write(served(solicit(f).ToBytes(), began, from, to)); err != nil {
		f.Fatal(err)
	}
	from, to = direct4()
	if err := w.Write(served(discover(f).ToBytes(), began, from, to)); err != nil {
		f.Fatal(err)
	}
	f.Add(b.Bytes())
	f.Fuzz(func(t *testing.T, b []byte) {
		for x, err := range replay.Run(context.Background(), replay.Packets(bytes.NewReader(b), 0), options) {
			if err == nil && len(x.Reply) == 0 != (x.Told == "") {
				t.Errorf("%q with %d bytes", x.Told, len(x.Reply))
			}
		}
	})
}
