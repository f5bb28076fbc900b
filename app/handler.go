package app

import (
	"context"
	"net/http"
	"time"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/cli"
	"github.com/clusto/clusto/internal/httpapi"
	"github.com/clusto/clusto/internal/httpapi/classic"
	"github.com/clusto/clusto/internal/sandbox"
	"github.com/clusto/clusto/internal/server"
	"github.com/clusto/clusto/internal/signin"
	"github.com/clusto/clusto/internal/webui"
)

// catchUpTime is how long an answer waits until memory has what a script changed.
const catchUpTime = 5 * time.Second

// handler returns what answers HTTP requests besides /healthz, /readyz and
// /metrics, which the server answers itself. Each part is a line here.
func (p *program) handler(s cli.Setting, w *workshop, scripts *sandbox.Pool, d *doorway, dhcp *dhcpService) (http.Handler, error) {
	o := p.apiOptions(s, w.store, &library{workshop: w})
	if dhcp != nil {
		o.WatchDHCP = dhcp.hub.Watch
	}
	d.apply(&o)
	o.RequestID, o.Discreet = server.RequestID, true
	if w.snapshot != nil {
		o.Ran = func(ctx context.Context) {
			// Also of a script that was interrupted, and its request with it.
			ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), catchUpTime)
			defer cancel()
			_ = w.snapshot.CatchUp(ctx) // what fails here fails for who asks next
		}
	}
	o.Scripts = func(ctx context.Context) (*sandbox.Session, error) {
		subject := signin.Subject(ctx)
		rights, err := rightsOf(subject, policyOptions(s))
		if err != nil {
			return nil, err
		}
		who := remoteUser{name: subject.Name, origin: subject.Origin, subject: rights}
		return scripts.Start(ctx, remoteSession(s, who, sandbox.Limits{}))
	}
	old, err := classic.New(classic.Options{
		Store:   o.Store,
		Drivers: p.drivers,
		Refresh: w.engine.Refresh,
		User:    func(ctx context.Context) string { return o.Change(ctx).User },
		Log:     s.Log,
	})
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.Handle(httpapi.Prefix+"/", httpapi.New(o))
	old.Register(mux)
	if d.oidc != nil {
		d.oidc.Register(mux)
	}
	if !s.Config.HTTP.Pages {
		mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
			problem(w, r, http.StatusNotFound, "there is nothing at "+r.URL.Path)
		})
		return mux, nil
	}
	pages, err := webui.New(webui.Options{Problem: problem})
	if err != nil {
		return nil, err
	}
	mux.Handle("/", pages)
	return mux, nil
}

// problem answers what neither the API nor the pages have.
func problem(w http.ResponseWriter, r *http.Request, status int, detail string) {
	server.Problem(w, r, status, detail, "")
}

// newest returns the newest version of the inventory.
func newest(ctx context.Context, store clusto.Store) (v clusto.Version, err error) {
	err = store.View(ctx, clusto.Live, func(r clusto.Reader) error {
		v, err = r.Version(ctx)
		return err
	})
	return v, err
}
