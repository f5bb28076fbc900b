package operation

import (
	"cmp"
	"context"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/api"
	"github.com/clusto/clusto/history"
)

func (r *runner) revert(ctx context.Context, c *api.Revert) (api.OperationResult, error) {
	tx, err := r.inv.Tx()
	if err != nil {
		return api.OperationResult{}, err
	}
	versions := make([]clusto.Version, len(c.Versions))
	for i, v := range c.Versions {
		versions[i] = clusto.Version(v)
	}
	plan, err := history.Revert(ctx, tx, versions...)
	if err != nil {
		return api.OperationResult{}, err
	}
	return api.OperationResult{Left: obstacles(plan.Left)}, nil
}

func (r *runner) undelete(ctx context.Context, c *api.Undelete) (api.OperationResult, error) {
	tx, err := r.inv.Tx()
	if err != nil {
		return api.OperationResult{}, err
	}
	what := history.Undeletion{Name: c.Name, As: c.As, Version: clusto.Version(c.Version)}
	plan, err := history.Undelete(ctx, tx, what)
	if err != nil {
		return api.OperationResult{}, err
	}
	return api.OperationResult{Entity: undeleted(c), Left: obstacles(plan.Left)}, nil
}

// undeleted returns what is called so after it was brought back.
func undeleted(c *api.Undelete) string { return cmp.Or(c.As, c.Name) }

// obstacles returns what a plan leaves as the API has it.
func obstacles(left []history.Obstacle) []api.Obstacle {
	all := make([]api.Obstacle, len(left))
	for i, o := range left {
		all[i] = api.Obstacle{Entity: o.Entity, What: o.What, Why: o.Why}
	}
	return all
}

func (r *runner) redact(ctx context.Context, c *api.Redact) (api.OperationResult, error) {
	none := api.OperationResult{}
	tx, err := r.inv.Tx()
	if err != nil {
		return none, err
	}
	lives, err := history.Find(ctx, tx, c.Entity)
	if err != nil {
		return none, err
	}
	attr := clusto.Attr{Key: c.Key, Subkey: subkey(c.Subkey)}
	now := clusto.AttrMatch{Entities: history.IDs(lives), Key: clusto.Is(c.Key)}
	switch _, named := attr.Subkey.Get(); {
	case named:
		now.Subkey = clusto.Exactly(attr.Subkey)
	case c.Subkey != nil:
		now.Subkey = clusto.IsAbsent[string]()
	}
	count := 0
	for _, id := range now.Entities {
		n, err := tx.Redact(ctx, id, c.Key, now.Subkey)
		if err != nil {
			return none, err
		}
		count += n
	}
	_, live, err := clusto.First(tx.Attrs(ctx, now))
	if err != nil {
		return none, err
	}
	if count > 0 {
		done := api.OperationResult{Entity: c.Entity, Count: count}
		if live {
			done.Notes = []string{"what it has now stays"}
		}
		return done, nil
	}
	err = clusto.Errorf(clusto.ErrNotFound, "the history has no old value of %s of %s", attr.Name(), c.Entity)
	if live {
		err = clusto.WithHint(err, "it has a value now: change or delete that, then redact what it was")
	}
	return none, err
}
