package app

import (
	"context"
	"net/http"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/server"
)

// handler returns what answers HTTP requests besides /healthz, /readyz and
// /metrics, which the server answers itself. Each part is a line here.
func (p *program) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/", notFound)
	return mux
}

// notFound answers for paths that nothing is at.
func notFound(w http.ResponseWriter, r *http.Request) {
	server.Problem(w, r, http.StatusNotFound, "there is nothing at "+r.URL.Path, "")
}

// newest returns the newest version of the inventory.
func newest(ctx context.Context, store clusto.Store) (v clusto.Version, err error) {
	err = store.View(ctx, clusto.Live, func(r clusto.Reader) error {
		v, err = r.Version(ctx)
		return err
	})
	return v, err
}
