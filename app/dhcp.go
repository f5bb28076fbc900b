package app

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"strings"
	"sync"
	"time"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/cli"
	"github.com/clusto/clusto/internal/dhcp"
	"github.com/clusto/clusto/internal/dhcp/learn"
	"github.com/clusto/clusto/internal/dhcp/sighting"
	"github.com/clusto/clusto/internal/dhcp/v4"
	"github.com/clusto/clusto/internal/dhcp/v6"
	"github.com/clusto/clusto/internal/dhcp/watch"
	"github.com/clusto/clusto/internal/logqueue"
	"github.com/clusto/clusto/internal/server"
	"github.com/clusto/clusto/internal/snapshot"
)

// dhcpService is the DHCP servers of a process, and what is made of what they see.
type dhcpService struct {
	setting cli.Setting
	store   *snapshot.Store
	v4      *v4.Server       // nil if DHCPv4 is off
	v6      *v6.Server       // nil if DHCPv6 is off
	keeper  *sighting.Keeper // nil if nothing is kept
	learner *learn.Learner
	hub     watch.Hub
}

// dhcpPlaces are where DHCP is answered.
type dhcpPlaces struct {
	four    []string // HOST:PORT of each address; none: DHCPv4 is off
	six     []string // the same of DHCPv6
	sockets *server.Sockets
	flag    string // how flags begin that name other addresses
}

// off reports whether DHCP is answered nowhere.
func (p dhcpPlaces) off() bool { return len(p.four) == 0 && len(p.six) == 0 }

// runDHCPDaemon answers DHCP clients until ctx ends, which is no error.
func (p *program) runDHCPDaemon(ctx context.Context, s cli.Setting) (err error) {
	places := dhcpPlaces{four: s.Config.DHCPd.Listen, six: s.Config.DHCPd.Listen6, flag: "--listen"}
	if places.off() {
		return clusto.WithHint(clusto.Errorf(clusto.ErrInvalid, "there is nothing to listen on: DHCPv4 and DHCPv6 are both off"),
			"name an address: --listen HOST:PORT, --listen6 HOST:PORT")
	}
	log := logqueue.New(s.Log.Handler(), 0)
	defer log.Close()
	s.Log = slog.New(log)
	w, err := p.openService(ctx, s)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.store.Close()) }()
	d, err := p.dhcpOn(places, s, w.snapshot)
	if err != nil {
		return err
	}
	return d.run(ctx)
}

// dhcpEngine returns what decides.
func (p *program) dhcpEngine(s cli.Setting) (*dhcp.Engine, error) {
	conf := s.Config.DHCPd
	return dhcp.New(dhcp.Options{Drivers: p.drivers, UpdateIPMI: conf.UpdateIPMI, BMCVendors: conf.BMCVendors})
}

// dhcpOn returns the DHCP servers of a store, which listen already.
func (p *program) dhcpOn(places dhcpPlaces, s cli.Setting, store *snapshot.Store) (_ *dhcpService, err error) {
	engine, err := p.dhcpEngine(s)
	if err != nil {
		return nil, err
	}
	conf := s.Config.DHCPd
	d := &dhcpService{setting: s, store: store, learner: learn.New(learn.Options{Store: store, Drivers: p.drivers, User: conf.User, Log: s.Log})}
	if conf.Sightings {
		d.keeper = sighting.New(sighting.Options{Store: store, Log: s.Log})
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, d.close())
		}
	}()
	if len(places.four) > 0 {
		if err = d.listen4(places, engine); err != nil {
			return nil, dhcpListenError(places.flag, strings.Join(places.four, ", "), err)
		}
	}
	if len(places.six) > 0 {
		if err = d.listen6(places, engine); err != nil {
			return nil, dhcpListenError(places.flag+"6", strings.Join(places.six, ", "), err)
		}
	}
	return d, nil
}

// listen4 makes the server of DHCPv4.
func (d *dhcpService) listen4(places dhcpPlaces, engine *dhcp.Engine) (err error) {
	conf := d.setting.Config.DHCPd
	bind := func() (*net.UDPConn, error) { return v4.Bind(places.four, conf.Interface) }
	conn, err := places.open("dhcp "+socketName(places.four, conf.Interface), bind)
	if err != nil {
		return err
	}
	d.v4, err = v4.New(v4.Options{
		Listen: places.four, Interface: conf.Interface, Conn: conn, Decider: engine, View: d.view, Observe: d.observe,
		Log: d.setting.Log, Buffer: conf.ReceiveBuffer, Workers: conf.Workers,
	})
	return err
}

// listen6 makes the server of DHCPv6.
func (d *dhcpService) listen6(places dhcpPlaces, engine *dhcp.Engine) error {
	conf := d.setting.Config.DHCPd
	bind := func() (*net.UDPConn, error) { return v6.Bind(places.six, conf.Interface) }
	conn, err := places.open("dhcp6 "+socketName(places.six, conf.Interface), bind)
	if err != nil {
		return err
	}
	d.v6, err = v6.New(v6.Options{
		Listen: places.six, Interface: conf.Interface, Conn: conn, Decider: engine, View: d.view, Observe: d.observe,
		DUID: conf.DUID, Log: d.setting.Log, Buffer: conf.ReceiveBuffer, Workers: conf.Workers,
	})
	return err
}

// open returns the socket that the process before has handed over, or a new one.
func (p dhcpPlaces) open(name string, bind func() (*net.UDPConn, error)) (*net.UDPConn, error) {
	if p.sockets == nil {
		return bind()
	}
	return p.sockets.Own(name, bind)
}

// socketName returns what a socket is known by when it is handed over. It is bound
// to its interface for ever, so that one for another interface is another one.
func socketName(listen []string, iface string) string {
	return strings.TrimSuffix(strings.Join(listen, ",")+"%"+iface, "%")
}

// view returns the state to answer from, nil if there is none yet.
func (d *dhcpService) view() clusto.Reader {
	if latest := d.store.Latest(); latest != nil {
		return latest
	}
	return nil
}

// unansweredFor is for how long what arrives may wait for the inventory. Clients
// ask again after a few seconds.
const unansweredFor = 5 * time.Second

// awaitInventory waits until there is a state to answer from. What arrives
// meanwhile waits in the sockets, so that a restart loses nothing of it; after some
// time it is received all the same, and counted.
func (d *dhcpService) awaitInventory(ctx context.Context) {
	enough := time.After(unansweredFor)
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for d.view() == nil {
		select {
		case <-tick.C:
		case <-enough:
			return
		case <-ctx.Done():
			return
		}
	}
}

// observe hands on what a server has seen.
func (d *dhcpService) observe(e *dhcp.Event) {
	if d.keeper != nil {
		d.keeper.Observe(e)
	}
	d.learner.Observe(e)
	d.hub.Observe(e)
}

// close closes the sockets of servers that are not run.
func (d *dhcpService) close() (err error) {
	if d.v4 != nil {
		err = d.v4.Close()
	}
	if d.v6 != nil {
		err = errors.Join(err, d.v6.Close())
	}
	return err
}

// run answers until ctx ends, and then keeps what was seen. If one of the servers
// fails the other ends too.
func (d *dhcpService) run(ctx context.Context) error {
	aside, end := context.WithCancel(context.WithoutCancel(ctx))
	defer end()
	var keeping, serving sync.WaitGroup
	var errs [2]error
	if d.keeper != nil {
		keeping.Go(func() { _ = d.keeper.Run(aside) }) // which has told what went wrong
	}
	keeping.Go(func() { _ = d.learner.Run(aside) }) // likewise
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	serve := func(i int, name string, run func(context.Context) error) {
		serving.Go(func() {
			defer stop()
			if err := run(ctx); err != nil {
				errs[i] = fmt.Errorf("%s: %w", name, err)
			}
		})
	}
	d.awaitInventory(ctx)
	if d.v4 != nil {
		serve(0, "DHCPv4", d.v4.Run)
	}
	if d.v6 != nil {
		serve(1, "DHCPv6", d.v6.Run)
	}
	serving.Wait()
	end()
	keeping.Wait()
	d.report()
	return errors.Join(errs[:]...)
}

// report logs what the servers did in their life.
func (d *dhcpService) report() {
	all := dhcp.NewStats()
	for _, st := range d.stats() {
		all.Add(st)
	}
	attrs := []any{"received", all.Received, "answered", all.Sent}
	if len(all.Dropped) > 0 {
		attrs = append(attrs, "dropped", all.Dropped)
	}
	d.setting.Log.Info("stopped answering DHCP", attrs...)
}

// dhcpListenError returns err, which opening a socket gave, with its kind and what
// can be done. The flag is the one that names another address.
func dhcpListenError(flag, addr string, err error) error {
	if clusto.KindOf(err) != nil && clusto.Hint(err) != "" {
		return err
	}
	return clusto.WithHint(clusto.Errorf(cmp.Or(clusto.KindOf(err), clusto.ErrUnavailable), "DHCP on %s: %w", addr, err),
		"%s takes another address; those of this machine are told by: ip address", flag)
}

// readyCheck returns the check whether clients can be answered.
func (d *dhcpService) readyCheck() server.Check {
	return server.Check{Name: "dhcp", Try: func(context.Context) error {
		if d.store.Latest() == nil {
			return errors.New("the inventory is being loaded, so that nobody is answered yet")
		}
		return nil
	}}
}

var _ dhcp.Unchanging = (*snapshot.Snapshot)(nil)
