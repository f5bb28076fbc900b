package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"syscall"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/cli"
	"github.com/clusto/clusto/internal/config"
	"github.com/clusto/clusto/internal/logqueue"
	"github.com/clusto/clusto/internal/snmp"
	"github.com/clusto/clusto/internal/snmptrap"
)

// runTrapDaemon receives traps until ctx ends, which is no error.
func (p *program) runTrapDaemon(ctx context.Context, s cli.Setting) (err error) {
	log := logqueue.New(s.Log.Handler(), 0)
	defer log.Close()
	s.Log = slog.New(log)
	w, err := p.openService(ctx, s)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.store.Close()) }()
	listen := listenOptions(s.Config.SNMPTrapd)
	daemon, err := p.trapDaemon(s, w, listen)
	if err != nil {
		return listenError("--listen", listen.Addr, err)
	}
	return runTraps(ctx, s, daemon)
}

// trapDaemon returns the trap daemon of a workshop, which listens already.
func (p *program) trapDaemon(s cli.Setting, w *workshop, listen snmp.Options) (*snmptrap.Daemon, error) {
	conf := s.Config.SNMPTrapd
	return snmptrap.New(snmptrap.Options{
		Store:       w.store,
		Drivers:     p.drivers,
		Factories:   w.factories,
		Listen:      listen,
		View:        w.inMemory,
		NameManager: conf.NameManager,
		Prefixes:    conf.MACPrefixes,
		User:        s.Config.Clusto.User,
		Log:         s.Log,
	})
}

// inMemory returns the newest state of the inventory that is in memory, or nil.
func (w *workshop) inMemory() clusto.Reader {
	if s := w.snapshot.Fresh(); s != nil {
		return s
	}
	return nil
}

// runTraps receives traps until ctx ends, and reports what was done.
func runTraps(ctx context.Context, s cli.Setting, daemon *snmptrap.Daemon) error {
	if err := daemon.Run(ctx); err != nil {
		return fmt.Errorf("snmptrapd: %w", err)
	}
	report(s, daemon.Stats())
	return nil
}

// listenOptions returns what the configuration says about the receiver.
func listenOptions(c config.SNMPTrapd) snmp.Options {
	o := snmp.Options{Addr: c.Listen, EngineID: c.EngineID, ReadBuffer: c.ReceiveBuffer, Queue: c.Queue}
	for _, community := range c.Communities {
		o.Communities = append(o.Communities, string(community))
	}
	for _, u := range c.Users {
		o.Users = append(o.Users, snmp.User{
			Name: u.Name,
			Auth: snmp.AuthProtocol(u.Auth), AuthPassword: string(u.AuthPassword),
			Priv: snmp.PrivProtocol(u.Priv), PrivPassword: string(u.PrivPassword),
		})
	}
	return o
}

// listenError returns err, which opening the receiver gave, with its kind and
// what can be done. The flag is the one that names another address.
func listenError(flag, addr string, err error) error {
	switch {
	case clusto.KindOf(err) != nil:
		return fmt.Errorf("snmptrapd: %w", err)
	case errors.Is(err, fs.ErrPermission):
		err = clusto.WithHint(clusto.Errorf(clusto.ErrUnavailable, "snmptrapd: %w", err),
			"ports below 1024 need the capability CAP_NET_BIND_SERVICE; %s HOST:PORT takes another", flag)
	case errors.Is(err, syscall.EADDRINUSE):
		err = clusto.WithHint(clusto.Errorf(clusto.ErrUnavailable, "snmptrapd: %w", err),
			"another program listens on %s; stop it, or take another address with %s", addr, flag)
	default:
		err = clusto.Errorf(clusto.ErrUnavailable, "snmptrapd: %w", err)
	}
	return err
}

// report logs what the daemon did in its life.
func report(s cli.Setting, st snmptrap.Stats) {
	attrs := []any{
		"traps", st.Traps, "in_memory", st.InMemory, "changes", st.Changes, "created", st.Created, "racked", st.Racked,
		"recorded", st.Recorded, "unchanged", st.Unchanged,
	}
	dropped := map[string]uint64{}
	for reason, n := range st.Dropped {
		dropped[string(reason)] += n
	}
	for reason, n := range st.Listener.Dropped {
		dropped[string(reason)] += n
	}
	if len(dropped) > 0 {
		attrs = append(attrs, "dropped", dropped)
	}
	s.Log.Info("stopped", attrs...)
}
