package httpapi

import (
	"cmp"
	"context"
	"log/slog"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/api"
	"github.com/clusto/clusto/internal/apidocs"
	"github.com/clusto/clusto/internal/dhcp"
	"github.com/clusto/clusto/internal/dhcp/watch"
	"github.com/clusto/clusto/internal/nearest"
	"github.com/clusto/clusto/internal/sandbox"
	"github.com/clusto/clusto/rackfactory"
)

// Prefix begins the paths of the API.
const Prefix = "/api/v1"

// DocsPath begins the paths of the pages that document the API.
const DocsPath = Prefix + "/docs/"

// DefaultMaxBody is how many bytes the body of a request may have: enough to
// import some hundred thousand entities.
const DefaultMaxBody = 256 << 20

// Options are what the API works with.
type Options struct {
	// Store returns the inventory as the user of a request may see and change
	// it. It is required.
	Store func(ctx context.Context) clusto.Store
	// Drivers are those that are known. Required.
	Drivers *clusto.Registry
	// Refresh loads drivers and layouts again that were changed on disk. It is
	// called before what needs them. nil does nothing.
	Refresh func() error
	// Layouts are the sources of rack factories; nil: there are none.
	Layouts rackfactory.Source
	// Layout returns the table of a layout, or ErrNotFound for one that is none,
	// such as a script; nil: no tables are shown.
	Layout func(name string) (*rackfactory.Layout, error)
	// Change returns who changes the inventory, as a version keeps it. nil: nobody
	// is known.
	Change func(ctx context.Context) clusto.Change
	// Scripts starts a process that runs the scripts of the user of a request; nil:
	// scripts are not run.
	Scripts func(ctx context.Context) (*sandbox.Session, error)
	// Ran is called when such a process has run something, before that is told:
	// whoever asks next is to see what it changed. nil does nothing.
	Ran func(ctx context.Context)
	// DHCP returns what decides about DHCP clients; nil: nothing does.
	DHCP func() (dhcp.Decider, error)
	// WatchDHCP returns a watcher of what this process answers; nil: it answers no
	// DHCP.
	WatchDHCP func() *watch.Watcher
	// Traps is the trap daemon of this process; nil: it receives no traps.
	Traps TrapDaemon
	// Services returns what this process does; nil: nothing is told.
	Services func() []api.Service
	// Broken returns the files of drivers and of layouts that cannot be loaded; nil:
	// nothing is known of any.
	Broken func() (drivers, layouts []api.BrokenFile)
	// Accounts are who may sign in and what they may do; nil: the database keeps
	// none.
	Accounts *Accounts
	// Discreet has errors of the database told without where it is and what it
	// was asked, which who asks over a network need not know.
	Discreet bool
	// RequestID returns the ID under which the log has more about a request; nil:
	// there is none.
	RequestID func(ctx context.Context) string
	// Now is the clock; nil is time.Now.
	Now func() time.Time
	// Release is the version of the program, and Database the kind of database.
	Release, Database string
	// MaxBody is how many bytes a body may have; 0 means DefaultMaxBody.
	MaxBody int64
	// Log takes what a request could not be told. nil discards it.
	Log *slog.Logger
}

// Server answers the requests of the API. It is safe for use by many
// goroutines.
type Server struct {
	options Options
	routes  *http.ServeMux
	shells  shells
	checked checked
}

var _ ServerInterface = (*Server)(nil)

// New returns the API.
func New(o Options) *Server {
	if o.Refresh == nil {
		o.Refresh = func() error { return nil }
	}
	if o.Change == nil {
		o.Change = func(context.Context) clusto.Change { return clusto.Change{} }
	}
	if o.RequestID == nil {
		o.RequestID = func(context.Context) string { return "" }
	}
	if o.Ran == nil {
		o.Ran = func(context.Context) {}
	}
	if o.Services == nil {
		o.Services = func() []api.Service { return nil }
	}
	if o.Broken == nil {
		o.Broken = func() (drivers, layouts []api.BrokenFile) { return nil, nil }
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	o.MaxBody = cmp.Or(o.MaxBody, DefaultMaxBody)
	s := &Server{options: o, routes: http.NewServeMux(), checked: newChecked()}
	HandlerWithOptions(s, StdHTTPServerOptions{BaseURL: Prefix, BaseRouter: s.routes, ErrorHandlerFunc: s.badParameter})
	s.routes.HandleFunc("GET "+Prefix+"/openapi.yaml", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/yaml")
		_, _ = w.Write(api.Spec)
	})
	s.routes.Handle("GET "+DocsPath, http.StripPrefix(DocsPath, apidocs.Handler()))
	return s
}

// ServeHTTP answers a request whose path begins with Prefix.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, s.options.MaxBody)
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil { // net/http leaves out what it cannot read, such as a dry_run
		s.fail(w, r, clusto.WithHint(clusto.Errorf(clusto.ErrInvalid, "the parameters cannot be read: %w", err), "write %% as %%25, & as %%26, ; as %%3B"))
		return
	}
	_, pattern := s.routes.Handler(r)
	if pattern == "" {
		s.noRoute(w, r)
		return
	}
	if unknown, known, ok := unknownParameter(pattern, query); ok {
		s.refuseParameter(w, r, unknown, known)
		return
	}
	s.routes.ServeHTTP(w, r)
}

// unknownParameter returns a parameter of a query that the operation with a pattern
// does not take, such as a mistyped dry_run, and those that it takes.
func unknownParameter(pattern string, query url.Values) (name string, known []string, unknown bool) {
	known, ours := queryParameters[strings.Replace(pattern, " "+Prefix, " ", 1)]
	if !ours {
		return "", nil, false
	}
	for _, name := range slices.Sorted(maps.Keys(query)) {
		if !slices.Contains(known, name) {
			return name, known, true
		}
	}
	return "", nil, false
}

// refuseParameter answers a request with a parameter that is not known.
func (s *Server) refuseParameter(w http.ResponseWriter, r *http.Request, name string, known []string) {
	hint := nearest.Question(nearest.Names(name, known)...)
	switch {
	case hint != "":
	case len(known) == 0:
		hint = "it takes none in its query"
	default:
		hint = "known are " + strings.Join(known, ", ")
	}
	s.problem(w, r, api.Problem{
		Status: http.StatusBadRequest, Kind: api.KindName(clusto.ErrInvalid), Thing: name,
		Detail: r.Method + " " + r.URL.Path + " takes no parameter " + strconv.Quote(name), Hint: hint,
	})
}

// noRoute answers a request for which there is no route: the path is unknown, or it
// is known with other methods.
func (s *Server) noRoute(w http.ResponseWriter, r *http.Request) {
	probe := &headersOnly{header: http.Header{}}
	s.routes.ServeHTTP(probe, r)
	if probe.status == http.StatusMethodNotAllowed {
		w.Header().Set("Allow", probe.header.Get("Allow"))
		s.problem(w, r, api.Problem{
			Status: http.StatusMethodNotAllowed, Kind: "invalid", Thing: r.URL.Path, Value: r.Method,
			Detail: r.Method + " is not possible here", Hint: "possible are " + probe.header.Get("Allow"),
		})
		return
	}
	s.problem(w, r, api.Problem{
		Status: http.StatusNotFound, Kind: "not-found", Thing: r.URL.Path,
		Detail: "the API has no " + r.URL.Path, Hint: Prefix + "/openapi.yaml describes what there is",
	})
}

// headersOnly is a ResponseWriter that keeps the headers and forgets the body.
type headersOnly struct {
	header http.Header
	status int
}

func (h *headersOnly) Header() http.Header         { return h.header }
func (h *headersOnly) WriteHeader(status int)      { h.status = status }
func (h *headersOnly) Write(b []byte) (int, error) { return len(b), nil }
