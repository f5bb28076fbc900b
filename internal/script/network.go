package script

import (
	"context"
	"net"
	"net/netip"
	"time"

	"go.starlark.net/starlark"

	"github.com/clusto/clusto"
)

// Network says what scripts may reach. Its zero value reaches nothing.
type Network struct {
	SMTP, HTTP, DNS bool
	// Dial opens connections; nil is a net.Dialer.
	Dial func(ctx context.Context, network, addr string) (net.Conn, error)
	// Resolver answers names; nil is the system's.
	Resolver Resolver
}

// Resolver finds the addresses of a host; *net.Resolver is one.
type Resolver interface {
	LookupNetIP(ctx context.Context, network, host string) ([]netip.Addr, error)
}

// Time limits of what scripts wait for.
const (
	mailTimeout = 30 * time.Second
	httpTimeout = 10 * time.Second
	dnsTimeout  = time.Second
)

// switchedOff returns the error for a part of the network that is not allowed.
func switchedOff(what string) error {
	return clusto.WithHint(clusto.Errorf(clusto.ErrUnsupported, "%s is switched off for scripts", what),
		"allow it in clusto.conf: [script] allow = %s", what)
}

// actOutside says that the script is about to do what cannot be undone. After the first
// write of a transaction that is refused.
func (x *env) actOutside(what string) error {
	if x.inv == nil {
		if x.session != nil {
			x.session.once = true
		}
		return nil
	}
	tx, err := x.inv.Tx()
	if err != nil {
		return nil // nothing is written in a view
	}
	return clusto.WithHint(tx.ActOutside(what), "have it done when the transaction is committed: on_commit(fn, …)")
}

func (x *env) dial(ctx context.Context, network, addr string) (net.Conn, error) {
	if dial := x.engine.opt.Network.Dial; dial != nil {
		return dial(ctx, network, addr)
	}
	var d net.Dialer
	return d.DialContext(ctx, network, addr)
}

// dnsAnswer is what the DNS said about a host.
type dnsAnswer struct {
	addrs []netip.Addr
	err   error
}

// resolve asks the DNS once in a transaction for each host, for at most a second.
func (x *env) resolve(host string) ([]netip.Addr, error) {
	if !x.engine.opt.Network.DNS {
		return nil, switchedOff("dns")
	}
	if a, ok := x.names[host]; ok {
		return a.addrs, a.err
	}
	var r Resolver = net.DefaultResolver
	if own := x.engine.opt.Network.Resolver; own != nil {
		r = own
	}
	ctx, cancel := context.WithTimeout(x.ctx, dnsTimeout)
	defer cancel()
	var a dnsAnswer
	a.addrs, a.err = r.LookupNetIP(ctx, "ip", host)
	if x.ctx.Err() != nil {
		return nil, x.ctx.Err()
	}
	if x.names == nil {
		x.names = map[string]dnsAnswer{}
	}
	x.names[host] = a
	return a.addrs, a.err
}

// lookup is dns.lookup(host): its addresses.
func lookup(t *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var host string
	if err := starlark.UnpackArgs(b.Name(), args, kwargs, "host", &host); err != nil {
		return nil, err
	}
	x := envOf(t)
	addrs, err := x.resolve(host)
	if err != nil {
		return nil, dnsError(host, err)
	}
	out := make([]starlark.Value, len(addrs))
	for i, a := range addrs {
		out[i] = starlark.String(a.Unmap().String())
	}
	return starlark.NewList(out), nil
}

// getHostByName is socket.gethostbyname(host): its first IPv4 address.
func getHostByName(t *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var host string
	if err := starlark.UnpackArgs(b.Name(), args, kwargs, "hostname", &host); err != nil {
		return nil, err
	}
	if a, err := netip.ParseAddr(host); err == nil && a.Is4() {
		return starlark.String(host), nil
	}
	addrs, err := envOf(t).resolve(host)
	if err != nil {
		return nil, dnsError(host, err)
	}
	for _, a := range addrs {
		if a = a.Unmap(); a.Is4() {
			return starlark.String(a.String()), nil
		}
	}
	return nil, raise(classIOError, host+" has no IPv4 address")
}

func dnsError(host string, err error) error {
	if clusto.KindOf(err) != nil {
		return err
	}
	return raise(classIOError, "look up "+host+": "+err.Error())
}

// socketModule has what scripts use of Python's socket.
func socketModule() starlark.Value {
	return fixed("socket", starlark.StringDict{
		"gethostbyname": starlark.NewBuiltin("gethostbyname", getHostByName),
		"error":         classIOError,
		"gaierror":      classIOError,
	})
}
