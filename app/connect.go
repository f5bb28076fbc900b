package app

import (
	"cmp"
	"context"
	"errors"

	"github.com/clusto/clusto/client"
	"github.com/clusto/clusto/internal/cli"
	"github.com/clusto/clusto/internal/httpapi"
)

// connect returns a client of what the setting names: a server, or the API over a
// database in this process. Who gets it calls end when done.
func (p *program) connect(ctx context.Context, s cli.Setting) (c *client.Client, end func() error, err error) {
	if s.IsServer() {
		conf := s.Config.Client
		c, err := client.New(s.DSN, client.Options{
			Token:     cmp.Or(s.Token, string(conf.Token)),
			TLS:       client.TLS{CAFile: conf.CA, CertFile: conf.Cert, KeyFile: conf.Key},
			UserAgent: "clusto/" + cli.Version(),
		})
		if err != nil {
			return nil, nil, err
		}
		return c, func() error { c.Close(); return nil }, nil
	}
	store, err := openStore(ctx, s.Database())
	if err != nil {
		return nil, nil, err
	}
	d, err := localDoorway(s, store)
	if err != nil {
		return nil, nil, errors.Join(err, store.Close())
	}
	o := p.apiOptions(s, store, &library{load: func() (*workshop, error) { return p.workshop(s, store) }})
	d.apply(&o)
	return client.Local(d.gate.Handler(httpapi.New(o))), store.Close, nil
}
