package dhcp_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/clusto/clusto/internal/dhcp"
)

const dmz = `
create ipmanager subnet-dmz baseip=192.168.20.0 netmask=255.255.252.0 gateway=192.168.20.1
create basicserver web1
create basicserver web2
create pool pxeboot-servers
`

// TestBeginner goes the way of classic's documentation, and is told at each step
// what is missing.
func TestBeginner(t *testing.T) {
	w := newWorld(t)
	client := from("02:00:00:00:00:01", "192.168.20.1")
	for _, step := range []struct {
		do     string
		reason dhcp.Reason
		hint   string
	}{
		{"create basicserver web1\ncreate pool pxeboot-servers", dhcp.UnknownClient, "clusto port set NAME nic-eth/1 mac=02:00:00:00:00:01"},
		{"port web1 nic-eth/1 mac=0200.0000.0001", dhcp.Disabled, "clusto attr set web1 dhcp.enabled=1, or put it into a pool that has it: clusto pool insert POOL web1"},
		{"insert pxeboot-servers web1", dhcp.Disabled, "clusto attr set web1 dhcp.enabled=1, or for all in a pool: clusto attr set pxeboot-servers dhcp.enabled=1"},
		{"set pxeboot-servers dhcp.enabled=1", dhcp.NoNetwork, "clusto manager create ipmanager NAME --network 192.168.20.0/24"},
		{"create ipmanager subnet-dmz baseip=192.168.20.0 netmask=255.255.252.0", dhcp.NoAddress, "clusto ip bind web1 --manager subnet-dmz"},
		{"ip web1 192.168.20.7", dhcp.Answered, ""},
	} {
		w.setUp(step.do)
		var story dhcp.Story
		a := w.decide(w.engine, client, &story)
		last := story.Steps[len(story.Steps)-1]
		if a.Reason != step.reason || last.Hint != step.hint || last.Failed != (step.reason != dhcp.Answered) {
			t.Errorf("after %s: %q, %+v; want %q, hint %s", step.do, a.Reason, last, step.reason, step.hint)
		}
	}
}

// TestPool is the way of classic: settings on a pool.
func TestPool(t *testing.T) {
	w := newWorld(t)
	w.setUp(dmz + `
port web1 nic-eth/1 mac=02:00:00:00:00:01
insert pxeboot-servers web1
bind web1 192.168.20.7 eth0
set pxeboot-servers dhcp.enabled=1
set pxeboot-servers dhcp.tftp_server=192.168.20.5
set pxeboot-servers dhcp.tftp_filename=pxelinux.0
set pxeboot-servers dhcp.domain=example.com
set pxeboot-servers dhcp.pxelinux-pathprefix=boot/
`)
	a := w.decide(w.engine, from("02:00:00:00:00:01", "192.168.20.1"), nil)
	want := `host web1 nic-eth/1
network subnet-dmz 192.168.20.0/22
addrs [192.168.20.7]
siaddr 192.168.20.5
file pxelinux.0
1 255.255.252.0
3 192.168.20.1
12 119.101.98.49
15 "example.com"
28 192.168.23.255
66 "192.168.20.5"
67 "pxelinux.0"
208 241.0.116.126
210 "boot/"
`
	if diff := cmp.Diff(want, show(a)); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	if a.Lease != dhcp.DefaultLease || a.Renew != dhcp.DefaultRenew || a.Rebind.Seconds() != 3150 {
		t.Errorf("times %s %s %s", a.Lease, a.Renew, a.Rebind)
	}
}
