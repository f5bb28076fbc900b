package classic

import (
	"cmp"
	"context"
	"log/slog"
	"net/http"
	"slices"

	"github.com/clusto/clusto"
)

// SpokenVersion is the version of clusto-apiserver whose API this is.
const SpokenVersion = "0.5.2"

// DefaultMaxBody is how many bytes a request's body may have unless Options say
// otherwise.
const DefaultMaxBody = 16 << 20

// Options say what an API works with. Store and Drivers must be set.
type Options struct {
	// Store returns the inventory as the sender of a request may use it. Its
	// errors of the kind clusto.ErrDenied are answered with 403.
	Store func(ctx context.Context) clusto.Store
	// Drivers are the drivers that the API knows.
	Drivers *clusto.Registry
	// Refresh, if not nil, is called before each request, for drivers that are
	// scripts and may have changed.
	Refresh func()
	// User, if not nil, returns who sent a request; versions carry it.
	User func(ctx context.Context) string
	// Version is what /__version__ answers; "" means SpokenVersion. Clients
	// compare it to learn which calls there are, so it is the version of the
	// API, not that of the program.
	Version string
	// ResponseHeaders are added to every answer.
	ResponseHeaders http.Header
	// MaxBody is how many bytes a request's body may have; 0 means
	// DefaultMaxBody.
	MaxBody int64
	// Log gets the errors that are nobody's mistake but ours; nil discards them.
	Log *slog.Logger
}

// API is the HTTP API of clusto-apiserver. It is safe for use by many goroutines.
type API struct {
	o    Options
	root *http.ServeMux // all of it, the root of the server included
}

// New returns the API, or ErrInvalid if something that it needs is missing.
func New(o Options) (*API, error) {
	if o.Store == nil || o.Drivers == nil {
		return nil, clusto.Errorf(clusto.ErrInvalid, "the classic API needs a store and drivers")
	}
	o.Version = cmp.Or(o.Version, SpokenVersion)
	o.MaxBody = cmp.Or(o.MaxBody, DefaultMaxBody)
	o.ResponseHeaders = o.ResponseHeaders.Clone()
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	a := &API{o: o, root: http.NewServeMux()}
	a.Register(a.root)
	a.root.HandleFunc("GET /{$}", a.Documentation)
	a.root.HandleFunc("HEAD /{$}", a.Version)
	a.root.HandleFunc("GET /favicon.ico", a.Gone)
	a.root.HandleFunc("OPTIONS /", a.handler(noContent))
	a.root.HandleFunc("/", a.handler(unknownPath))
	return a, nil
}

// ServeHTTP answers all that clusto-apiserver answered.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) { a.root.ServeHTTP(w, r) }

// Register has mux call a for its paths, in every method, and for nothing else.
func (a *API) Register(mux *http.ServeMux) {
	for pattern, handle := range a.patterns() {
		mux.HandleFunc(pattern, a.handler(handle))
	}
}

// Patterns returns the patterns that Register registers, sorted.
func (a *API) Patterns() []string {
	var all []string
	for pattern := range a.patterns() {
		all = append(all, pattern)
	}
	slices.Sort(all)
	return all
}

// Version answers with the version, as apiserver did to HEAD / and still does to
// GET /__version__.
func (a *API) Version(w http.ResponseWriter, r *http.Request) { a.serve(w, r, version) }

// Documentation answers with the documentation of all endpoints, as apiserver
// did to GET /.
func (a *API) Documentation(w http.ResponseWriter, r *http.Request) { a.serve(w, r, documentation) }

// Gone answers that there is nothing, and never will be, as apiserver did to GET
// /favicon.ico.
func (a *API) Gone(w http.ResponseWriter, r *http.Request) { a.serve(w, r, gone) }
