package past

import (
	"context"
	"fmt"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/history"
)

// lately writes what happened in the last days: mistakes, and how they were
// taken back.
func (w *writer) lately(ctx context.Context) error {
	for _, affair := range []func(context.Context) error{w.wrongOwner, w.wrongServer, w.emptiedPool, w.upgradeDatabases} {
		if err := affair(ctx); err != nil {
			return err
		}
	}
	return nil
}

// revert takes a version back.
func (w *writer) revert(ctx context.Context, who string, v clusto.Version, text string) error {
	_, err := w.change(ctx, who, text, func(ctx context.Context, s *site) error {
		_, err := history.Revert(ctx, s.tx, v)
		return err
	})
	return err
}

// wrongOwner has a query hit more than it should.
func (w *writer) wrongOwner(ctx context.Context) error {
	w.until(operated, 10)
	names := w.some(roles[0], 40)
	v, err := w.change(ctx, yuki, "the checkout team has its own servers now", func(ctx context.Context, s *site) error {
		return s.set(ctx, names, clusto.Attr{Key: "owner", Value: clusto.String("checkout")})
	})
	if err != nil {
		return err
	}
	if err := w.revert(ctx, yuki, v, fmt.Sprintf("revert version %d: that were all of them, I meant ten", v)); err != nil {
		return err
	}
	_, err = w.change(ctx, yuki, "the checkout team has ten servers", func(ctx context.Context, s *site) error {
		return s.set(ctx, names[:10], clusto.Attr{Key: "owner", Value: clusto.String("checkout")})
	})
	return err
}

// wrongServer deletes a server that is well, and brings it back.
func (w *writer) wrongServer(ctx context.Context) error {
	w.until(operated+1, 9)
	name := w.some(roles[3], 1)[0]
	_, err := w.change(ctx, tomas, name+": scrapped", func(ctx context.Context, s *site) error {
		o, err := s.inv.Object(ctx, name)
		if err != nil {
			return err
		}
		return o.Delete(ctx)
	})
	if err != nil {
		return err
	}
	_, err = w.change(ctx, tomas, name+": it was another one that was meant", func(ctx context.Context, s *site) error {
		_, err := history.Undelete(ctx, s.tx, history.Undeletion{Name: name})
		return err
	})
	return err
}

// emptiedPool takes too much out of production.
func (w *writer) emptiedPool(ctx context.Context) error {
	w.until(operated+1, 14)
	names := w.some(roles[1], 30)
	var production []string
	v, err := w.change(ctx, priya, "out of production for the move of the databases", func(ctx context.Context, s *site) error {
		pool, err := s.inv.Object(ctx, "production")
		if err != nil {
			return err
		}
		all, err := pool.Contents(ctx, false, clusto.Match{Names: names})
		if err != nil {
			return err
		}
		for _, o := range all {
			production = append(production, o.Name)
		}
		return s.take(ctx, pool.Name, production...)
	})
	if err != nil {
		return err
	}
	return w.revert(ctx, priya, v, fmt.Sprintf("revert version %d: the move is done", v))
}

// upgradeDatabases is the last work of the past, on its last day.
func (w *writer) upgradeDatabases(ctx context.Context) error {
	w.until(operated+2, 9)
	for i, names := 0, w.servers["db"]; i < len(names); i += 8 {
		some := names[i:min(i+8, len(names))]
		_, err := w.change(ctx, priya, fmt.Sprintf("PostgreSQL 18 on %s to %s", some[0], some[len(some)-1]), func(ctx context.Context, s *site) error {
			return s.set(ctx, some, clusto.Attr{Key: "postgresql", Subkey: clusto.Sub("version"), Value: clusto.String("18.1")})
		})
		if err != nil {
			return err
		}
	}
	return nil
}
