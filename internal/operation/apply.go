package operation

import (
	"context"
	"errors"
	"fmt"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/api"
)

// Apply does operations one after the other in the transaction of inv and returns
// what each did. If some fail it returns [Errors] with all that can be found to be
// wrong, at most a thousand things, and the transaction must be given up; any other
// error is one of the database, or that the time is over.
func Apply(ctx context.Context, inv *clusto.Inventory, env Env, ops []api.Operation) ([]api.OperationResult, error) {
	tx, err := inv.Tx()
	if err != nil {
		return nil, err
	}
	r := newRunner(env, inv)
	if err := r.lookAhead(ctx, ops); err != nil {
		return nil, err
	}
	if len(ops) == 1 {
		result, err := r.do(ctx, &ops[0])
		if err != nil {
			return nil, failed(ctx, tx, &Errors{1, []Failure{{Name: nameOf(&ops[0]), Err: err}}}, err)
		}
		return []api.OperationResult{result}, nil
	}
	results := make([]api.OperationResult, len(ops))
	first := 0
	err = tx.Nest(ctx, func(inner clusto.Tx) error {
		defer r.use(inv)
		r.use(clusto.NewInventory(inner, inv.Drivers()))
		for first = range ops {
			if results[first], err = r.do(ctx, &ops[first]); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil {
		return results, nil
	}
	all := &Errors{len(ops), []Failure{{Index: first, Name: nameOf(&ops[first]), Err: err}}}
	if err := failed(ctx, tx, all, err); err != error(all) {
		return nil, err
	}
	return nil, findAll(ctx, inv, env, ops, all)
}

// failed returns all, or err if it is one of the database: then tx can be asked
// nothing any more.
func failed(ctx context.Context, tx clusto.Tx, all *Errors, err error) error {
	if _, broken := tx.Version(ctx); broken != nil {
		return err
	}
	return all
}

// errActs is how the search for everything that is wrong refuses what cannot be
// undone, and may have been done already.
var errActs = errors.New("acts outside")

// maxFailures is how many failures are looked for: who reads on has given up before.
const maxFailures = 1000

// findAll returns all, which has the first operation that failed, with what is wrong
// with those after it: each is done by itself, without those that failed.
func findAll(ctx context.Context, inv *clusto.Inventory, env Env, ops []api.Operation, all *Errors) error {
	tx, err := inv.Tx()
	if err != nil {
		return err
	}
	tx = harmless{tx, func(string) error { return errActs }}
	r := newRunner(env, clusto.NewInventory(tx, inv.Drivers()))
	if err := r.lookAhead(ctx, ops); err != nil {
		return err
	}
	first := all.Failed[0].Index
	for i := range ops[:first] { // which are known to succeed
		if _, err := r.do(ctx, &ops[i]); err != nil && !errors.Is(err, errActs) {
			return failed(ctx, tx, all, err)
		}
	}
	spoiled := map[string]int{} // by the name of what would be another if the operation had not failed
	r.spoil(spoiled, &ops[first], first)
	outer := r.inv
	for i := first + 1; i < len(ops) && len(all.Failed) < maxFailures; i++ {
		err := tx.Nest(ctx, func(inner clusto.Tx) error {
			defer r.use(outer)
			r.use(clusto.NewInventory(inner, inv.Drivers()))
			_, err := r.do(ctx, &ops[i])
			return err
		})
		if err == nil || errors.Is(err, errActs) {
			continue
		}
		f := Failure{Index: i, Name: nameOf(&ops[i]), Err: err}
		if name, of, ok := r.cause(spoiled, &ops[i]); ok {
			f.Err, f.Because = because(of, name), clusto.Some(of)
		}
		all.Failed = append(all.Failed, f)
		r.spoil(spoiled, &ops[i], i)
		if err := failed(ctx, tx, all, err); err != error(all) {
			return err
		}
	}
	return all
}

// spoil notes what will not be as it should because the operation failed.
func (r *runner) spoil(spoiled map[string]int, op *api.Operation, index int) {
	for _, name := range mentioned(op).changed {
		if _, already := spoiled[name]; !already {
			spoiled[name] = index
		}
	}
}

// cause returns what of the things that the operation mentions is not as it should
// be, and the operation that failed to make it so.
func (r *runner) cause(spoiled map[string]int, op *api.Operation) (name string, of int, found bool) {
	m := mentioned(op)
	for _, name := range append(m.used, m.changed...) {
		if of, ok := spoiled[name]; ok {
			return name, of, true
		}
	}
	return "", 0, false
}

// runner does the operations of one request.
type runner struct {
	env   Env
	inv   *clusto.Inventory
	made  map[string]clusto.EntityID // what operations made, by the name that they gave it
	all   []string                   // names of all entities, for hints; read when first needed
	hints int                        // how many times it was looked for what was meant
}

func newRunner(env Env, inv *clusto.Inventory) *runner {
	return &runner{env: env, inv: inv, made: map[string]clusto.EntityID{}}
}

// use makes inv the inventory in which operations are done.
func (r *runner) use(inv *clusto.Inventory) { r.inv = inv }

// do does one operation.
func (r *runner) do(ctx context.Context, op *api.Operation) (api.OperationResult, error) {
	k, err := kindOf(op)
	if err != nil {
		return api.OperationResult{}, err
	}
	return k.do(ctx, r, op)
}

// nameOf returns the name of an operation.
func nameOf(op *api.Operation) string {
	k, err := kindOf(op)
	if err != nil {
		return "unknown"
	}
	return k.name
}

// kindOf returns what an operation is, or ErrInvalid if it is none or several.
func kindOf(op *api.Operation) (*kind, error) {
	var found *kind
	for i := range kinds {
		switch k := &kinds[i]; {
		case !k.given(op):
		case found != nil:
			return nil, clusto.WithHint(
				clusto.Errorf(clusto.ErrInvalid, "it is both %s and %s", found.name, k.name), "make two operations of it")
		default:
			found = k
		}
	}
	if found == nil {
		return nil, clusto.WithHint(clusto.Errorf(clusto.ErrInvalid, "it does not say what to do"), "name one of %s", kindNames())
	}
	return found, nil
}

// named returns the result of an operation on an entity.
func named(o *clusto.Object) api.OperationResult { return api.OperationResult{Entity: o.Name} }

// about adds to err what it was that was done, unless it is nil.
func about(err error, format string, args ...any) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf(format+": %w", append(args, err)...)
}
