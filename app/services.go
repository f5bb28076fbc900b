package app

import (
	"cmp"
	"errors"
	"fmt"
	"net"
	"path/filepath"
	"strings"
	"time"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/api"
	"github.com/clusto/clusto/internal/cli"
	"github.com/clusto/clusto/internal/script"
	"github.com/clusto/clusto/internal/snmptrap"
)

// parts is what runs in a process, as the API tells of it.
type parts struct {
	setting   cli.Setting
	listeners []net.Listener
	workshop  *workshop
	traps     *snmptrap.Daemon // nil if they are off
	dhcp      *dhcpService     // nil if it is off
}

// services returns what runs, and whether it does what it is for.
func (p parts) services() []api.Service {
	http := api.Service{Name: api.ServiceHTTP, On: true, Ready: true}
	for _, l := range p.listeners {
		http.Listen = append(http.Listen, l.Addr().String())
	}
	if p.setting.Config.HTTP.TLSCert != "" {
		http.Detail = "with TLS"
	}
	return append([]api.Service{http, p.trapService()}, append(p.dhcpServices(), p.memoryService(), p.databaseService())...)
}

func (p parts) trapService() api.Service {
	shown := api.Service{Name: api.ServiceTraps}
	if p.traps == nil {
		return shown
	}
	conf := p.setting.Config.SNMPTrapd
	shown.On, shown.Ready, shown.Listen = true, true, []string{p.traps.Addr().String()}
	shown.Detail = fmt.Sprintf("names of %s", cmp.Or(conf.NameManager, snmptrap.DefaultNameManager))
	if len(conf.MACPrefixes) > 0 {
		shown.Detail += ", only MAC addresses that begin with " + strings.Join(conf.MACPrefixes, ", ")
	}
	return shown
}

func (p parts) dhcpServices() []api.Service {
	four, six := api.Service{Name: api.ServiceDHCP4}, api.Service{Name: api.ServiceDHCP6}
	if p.dhcp != nil {
		ready := p.dhcp.store.Latest() != nil
		conf := p.setting.Config.Serve
		if p.dhcp.v4 != nil {
			four.On, four.Ready, four.Listen = true, ready, conf.DHCP
		}
		if p.dhcp.v6 != nil {
			six.On, six.Ready, six.Listen = true, ready, conf.DHCP6
		}
	}
	return []api.Service{four, six}
}

// memoryService tells how far memory is behind the database.
func (p parts) memoryService() api.Service {
	st := p.workshop.snapshot.Status()
	shown := api.Service{Name: api.ServiceMemory, On: true, Ready: st.Loaded && st.Err == nil}
	latest := p.workshop.snapshot.Latest()
	if latest == nil {
		shown.Detail = "the inventory is being loaded; until then the database answers"
		return shown
	}
	stats := latest.Stats()
	shown.Detail = fmt.Sprintf("version %d, %d things and %d attributes in %d MB, at most %s behind the database",
		st.Version, stats.Entities, stats.Attributes, stats.Bytes>>20, time.Since(st.Confirmed).Round(time.Millisecond))
	return shown
}

// databaseService tells whether the database can be used, as far as memory knows.
func (p parts) databaseService() api.Service {
	shown := api.Service{Name: api.ServiceDatabase, On: true, Ready: true, Detail: databaseName(p.setting.DSN)}
	st := p.workshop.snapshot.Status()
	if clusto.KindOf(st.Err) == clusto.ErrUnavailable {
		shown.Ready = false
		shown.Detail += ": " + errDatabase.Error()
	}
	return shown
}

// broken returns the files of drivers and of layouts in the library that cannot be
// loaded.
func (p *program) broken(s cli.Setting, w *workshop) (drivers, layouts []api.BrokenFile) {
	for _, b := range w.engine.Broken() {
		shown := api.BrokenFile{File: b.File, Error: b.Err.Error(), Hint: clusto.Hint(b.Err), InForce: b.InForce}
		if e, ok := errors.AsType[*script.Error](b.Err); ok {
			shown.Error, shown.Hint = e.Msg, e.Hint
			if n := len(e.Calls); n > 0 {
				shown.Line = e.Calls[n-1].Line
			}
		}
		if b.Layout {
			layouts = append(layouts, shown)
		} else {
			drivers = append(drivers, shown)
		}
	}
	tables, err := w.tables.Broken()
	dir := filepath.Join(s.LibDir, layoutDir)
	if err != nil {
		return drivers, append(layouts, api.BrokenFile{File: dir, Error: err.Error(), Hint: clusto.Hint(err)})
	}
	for _, b := range tables {
		layouts = append(layouts, api.BrokenFile{
			File: filepath.Join(dir, b.File), Line: b.Line, Error: b.Err.Error(), Hint: clusto.Hint(b.Err), InForce: b.InForce,
		})
	}
	return drivers, layouts
}
