package app

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"sync"
	"syscall"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/cli"
	"github.com/clusto/clusto/internal/config"
	"github.com/clusto/clusto/internal/logqueue"
	"github.com/clusto/clusto/internal/sandbox"
	"github.com/clusto/clusto/internal/server"
	"github.com/clusto/clusto/internal/signin"
	"github.com/clusto/clusto/internal/snmptrap"
)

// service is "clusto serve": what runs in one process.
type service struct {
	setting cli.Setting
	// packetSetting is setting with a log that never holds up who takes packets.
	packetSetting cli.Setting

	sockets *server.Sockets
	http    *server.Server   // nil if HTTP is off
	door    *doorway         // nil if nobody need sign in
	traps   *snmptrap.Daemon // nil if they are off
	dhcp    *dhcpService     // nil if it is off
	reloads *prometheus.CounterVec
	then    func(context.Context) error // nil, or what is to run when all listen
}

// serve runs the daemons that the setting switches on until ctx ends, which is no
// error, or one of them fails.
func (p *program) serve(ctx context.Context, s cli.Setting, reload func() (*config.Config, error)) error {
	return p.serveThen(ctx, s, reload, nil)
}

// serveThen is serve that also runs then, if it is not nil, once all listen. Only
// an error of it ends the daemons.
func (p *program) serveThen(ctx context.Context, s cli.Setting, reload func() (*config.Config, error), then func(context.Context) error) (err error) {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGHUP, syscall.SIGUSR2)
	defer signal.Stop(signals)
	s.Log = slog.New(server.LogHandler(s.Log.Handler()))
	sockets, err := server.Inherit()
	if err != nil {
		return err
	}
	defer sockets.Close()
	listeners, err := listenHTTP(s.Config.HTTP, sockets) // what is refused is so before anything is loaded
	if err != nil {
		return err
	}
	w, err := p.openService(ctx, s)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.store.Close()) }()
	scripts := sandbox.NewPool(sandbox.PoolOptions{})
	defer func() { err = errors.Join(err, scripts.Close()) }()
	packetLog := logqueue.New(s.Log.Handler(), 0)
	defer packetLog.Close()
	v, err := p.service(s, listeners, sockets, w, scripts, packetLog)
	if err != nil {
		return err
	}
	v.then = then
	return v.run(ctx, signals, reload)
}

// service puts the daemons together; they listen already.
func (p *program) service(s cli.Setting, listeners []net.Listener, sockets *server.Sockets, w *workshop, scripts *sandbox.Pool, packetLog *logqueue.Handler) (v *service, err error) {
	registry := newRegistry(w.database)
	registry.MustRegister(snapshotCollector{memory: w.snapshot})
	v = &service{setting: s, packetSetting: s, sockets: sockets, reloads: reloadCounter(registry)}
	v.packetSetting.Log = slog.New(packetLog)
	d, err := p.doorway(s, w.store)
	if err != nil {
		return nil, err
	}
	if v.dhcp, err = p.dhcpPart(v.packetSetting, sockets, w); err != nil {
		return nil, err
	}
	if v.dhcp != nil {
		registry.MustRegister(dhcpCollector{service: v.dhcp, log: packetLog})
		defer func() {
			if err != nil {
				err = errors.Join(err, v.dhcp.close())
			}
		}()
	}
	if v.http, err = p.httpServer(s, listeners, w, scripts, d, v.dhcp, registry); err != nil {
		return nil, err
	}
	if v.http != nil && d.accounts.Required {
		v.door = d
	}
	if addr := s.Config.Serve.SNMPTrap; addr != config.Off {
		if v.traps, err = p.trapsOn(addr, v.packetSetting, sockets, w); err != nil {
			return nil, listenError("--snmptrap", addr, err)
		}
		registry.MustRegister(trapCollector{daemon: v.traps})
	}
	if v.http == nil && v.traps == nil && v.dhcp == nil {
		return nil, clusto.WithHint(clusto.Errorf(clusto.ErrInvalid, "there is nothing to serve: HTTP, traps and DHCP are all off"),
			"switch one on: --http HOST:PORT, --snmptrap HOST:PORT, --dhcp HOST:PORT")
	}
	return v, nil
}

// trapsOn returns the trap daemon on an address.
func (p *program) trapsOn(addr string, s cli.Setting, sockets *server.Sockets, w *workshop) (*snmptrap.Daemon, error) {
	conn, err := sockets.ListenPackets(addr, bindTraps)
	if err != nil {
		return nil, err
	}
	listen := listenOptions(s.Config.SNMPTrapd)
	listen.Addr, listen.Conn = addr, conn
	return p.trapDaemon(s, w, listen)
}

// dhcpPart returns the DHCP servers, or nil if DHCP is off.
func (p *program) dhcpPart(s cli.Setting, sockets *server.Sockets, w *workshop) (*dhcpService, error) {
	places := dhcpPlaces{four: s.Config.Serve.DHCP, six: s.Config.Serve.DHCP6, sockets: sockets, flag: "--dhcp"}
	if places.off() {
		return nil, nil
	}
	return p.dhcpOn(places, s, w.snapshot)
}

// httpServer returns the HTTP server, or nil if it is off.
func (p *program) httpServer(s cli.Setting, listeners []net.Listener, w *workshop, scripts *sandbox.Pool, d *doorway, dhcp *dhcpService, registry *prometheus.Registry) (*server.Server, error) {
	conf := s.Config.HTTP
	if len(listeners) == 0 {
		return nil, nil
	}
	handler, err := p.handler(s, w, scripts, d, dhcp)
	if err != nil {
		return nil, err
	}
	checks := []server.Check{serviceCheck(w, s.Log)}
	if dhcp != nil {
		checks = append(checks, dhcp.readyCheck())
	}
	var limited http.Handler // once the server is there, which knows the limits
	srv, err := server.New(server.Options{
		Handler:       http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { limited.ServeHTTP(w, r) }),
		Listeners:     listeners,
		Log:           s.Log,
		Registry:      registry,
		Checks:        checks,
		Local:         !conf.Accounts && conf.Insecure != config.InsecureWord,
		MaxHeader:     conf.MaxHeader,
		HeaderTimeout: conf.HeaderTimeout,
		IdleTimeout:   conf.IdleTimeout,
		Settings:      httpSettings(conf),
	})
	if err != nil {
		return nil, err
	}
	limited = d.gate.Handler(srv.PerUser(func(r *http.Request) string { return signin.Subject(r.Context()).Name }, handler))
	return srv, nil
}

// listenHTTP returns the listeners of HTTP: those that a service manager has
// opened, else those of the configuration. Before any is opened all are checked.
func listenHTTP(conf config.HTTP, sockets *server.Sockets) ([]net.Listener, error) {
	exposure := server.Exposure{TLS: conf.TLSCert != "", Accounts: conf.Accounts, Insecure: conf.Insecure == config.InsecureWord}
	listeners := sockets.Activated()
	for _, l := range listeners {
		if err := exposure.CheckListener(l); err != nil {
			return nil, err
		}
	}
	if len(listeners) > 0 {
		return listeners, nil
	}
	for _, addr := range conf.Listen {
		if err := exposure.CheckListen(addr); err != nil {
			return nil, err
		}
	}
	for _, addr := range conf.Listen {
		l, err := sockets.Listen(addr)
		if err != nil {
			return nil, err
		}
		listeners = append(listeners, l)
	}
	return listeners, nil
}

// httpSettings returns what of the configuration can be changed while HTTP is served.
func httpSettings(c config.HTTP) server.Settings {
	return server.Settings{
		TLS:         server.TLSFiles{Cert: c.TLSCert, Key: c.TLSKey, ClientCA: c.ClientCA},
		MaxBody:     int64(c.MaxBody),
		ReadTimeout: c.ReadTimeout, WriteTimeout: c.WriteTimeout, RequestTimeout: c.RequestTimeout, StopTimeout: c.StopTimeout,
		RateAddress: c.RateAddress, RateUser: c.RateUser,
		TrustedProxies: networks(c.TrustedProxies), MetricsFrom: networks(c.MetricsFrom),
	}
}

func networks(of []config.Network) server.Networks {
	var n server.Networks
	for _, network := range of {
		if network.Unix {
			n.Unix = true
		} else {
			n.Prefixes = append(n.Prefixes, network.Prefix)
		}
	}
	return n
}

// run runs the daemons until ctx ends, one of them fails, or another process has
// taken over.
func (v *service) run(ctx context.Context, signals <-chan os.Signal, reload func() (*config.Config, error)) error {
	ctx, end := context.WithCancelCause(ctx)
	defer end(nil)
	var parts sync.WaitGroup
	var errs [5]error
	start := func(i int, run func(context.Context) error) {
		parts.Go(func() {
			errs[i] = run(ctx)
			end(nil)
		})
	}
	if v.http != nil {
		start(0, v.http.Run)
	}
	if v.traps != nil {
		start(1, func(ctx context.Context) error { return runTraps(ctx, v.packetSetting, v.traps) })
	}
	if v.door != nil {
		start(2, v.door.run)
	}
	if v.dhcp != nil {
		start(3, v.dhcp.run)
	}
	v.sockets.Ready(v.setting.Log)
	if v.then != nil {
		parts.Go(func() {
			if errs[4] = v.then(ctx); errs[4] != nil {
				end(nil)
			}
		})
	}
	for ctx.Err() == nil {
		select {
		case got := <-signals:
			switch got {
			case syscall.SIGHUP:
				v.reload(reload)
			case syscall.SIGUSR2:
				if err := v.sockets.HandOver(ctx, v.setting.Log); err != nil {
					v.setting.Log.Error("could not restart; this process goes on", "err", err)
				} else {
					end(server.ErrHandedOver)
				}
			}
		case <-ctx.Done():
		}
	}
	if !errors.Is(context.Cause(ctx), server.ErrHandedOver) {
		server.Notify(v.setting.Log, server.StateStopping)
	}
	parts.Wait()
	return errors.Join(errs[:]...)
}
