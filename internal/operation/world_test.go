package operation_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/api"
	"github.com/clusto/clusto/driver/all"
	"github.com/clusto/clusto/history"
	"github.com/clusto/clusto/internal/dbtest"
	"github.com/clusto/clusto/internal/operation"
	"github.com/clusto/clusto/internal/sqlstore"
	"github.com/clusto/clusto/rackfactory"
)

// world is a database, and what tests ask of it.
type world struct {
	testing.TB
	store      clusto.Store
	env        operation.Env
	statements []string
}

func newWorld(tb testing.TB) *world {
	tb.Helper()
	racks, err := rackfactory.New(rackfactory.Options{})
	if err != nil {
		tb.Fatal(err)
	}
	w := &world{TB: tb, env: operation.Env{Drivers: all.Drivers(), Racks: racks}}
	w.store = dbtest.New(tb, sqlstore.Options{OnStatement: func(sql string) { w.statements = append(w.statements, sql) }})
	return w
}

// operations reads operations as a request has them: a JSON list.
func operations(tb testing.TB, text string) []api.Operation {
	tb.Helper()
	var ops []api.Operation
	d := json.NewDecoder(strings.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&ops); err != nil {
		tb.Fatalf("%s: %v", text, err)
	}
	return ops
}

// try does a request.
func (w *world) try(ops []api.Operation, dryRun bool) (*api.Changed, error) {
	return operation.Run(context.Background(), w.store, w.env, operation.Request{
		Change: clusto.Change{User: "ann", Description: "a test"}, Operations: ops, DryRun: dryRun,
	})
}

// do does operations, first in a dry run and then really, and checks that the one
// says what the other does and that the store agrees.
func (w *world) do(text string) *api.Changed {
	w.Helper()
	ops := operations(w, text)
	before := w.newest()
	would, err := w.try(ops, true)
	if err != nil {
		w.Fatalf("a dry run of %s: %v, hint %q", text, err, clusto.Hint(err))
	}
	if now := w.newest(); now != before {
		w.Fatalf("a dry run of %s made version %d", text, now)
	}
	done, err := w.try(operations(w, text), false)
	if err != nil {
		w.Fatalf("%s: %v, hint %q", text, err, clusto.Hint(err))
	}
	w.agree(would, done)
	return done
}

// agree checks that a dry run said what was done, and that this is what the history
// tells.
func (w *world) agree(would, done *api.Changed) {
	w.Helper()
	if !would.DryRun || would.Version != 0 || done.DryRun {
		w.Fatalf("a dry run says %v, %d; a real one %v", would.DryRun, would.Version, done.DryRun)
	}
	if d := cmp.Diff(asText(w, would.Results), asText(w, done.Results)); d != "" {
		w.Fatalf("results of a dry and a real run differ:\n%s", d)
	}
	if d := cmp.Diff(diffText(w, &would.Diff), diffText(w, &done.Diff)); d != "" {
		w.Fatalf("a dry and a real run differ:\n%s", d)
	}
	if done.Version == 0 {
		if !done.Diff.Empty() {
			w.Fatalf("no version was made, but there is a difference:\n%s", diffText(w, &done.Diff))
		}
		return
	}
	w.past(func(ctx context.Context, h clusto.History) error {
		shown, err := history.Show(ctx, h, clusto.Version(done.Version))
		if err != nil {
			return err
		}
		if d := cmp.Diff(diffText(w, shown.Diff)+asText(w, shown.Diff), diffText(w, &done.Diff)+asText(w, &done.Diff)); d != "" {
			w.Fatalf("the history and the answer differ:\n%s", d)
		}
		return nil
	})
}

// refuse does operations, which must fail alike in a dry run and really, and leave
// nothing. It returns the errors.
func (w *world) refuse(text string) *operation.Errors {
	w.Helper()
	before := w.newest()
	var said [2]string
	var failed *operation.Errors
	for i, dry := range []bool{true, false} {
		answer, err := w.try(operations(w, text), dry)
		if err == nil {
			w.Fatalf("%s (dry run %v) was done: %s", text, dry, asText(w, answer))
		}
		var ok bool
		if failed, ok = errors.AsType[*operation.Errors](err); !ok {
			w.Fatalf("%s (dry run %v): %v, which is no Errors", text, dry, err)
		}
		for _, f := range failed.Failed {
			said[i] += fmt.Sprintf("%s [%v] (%s)\n", f, clusto.KindOf(f.Err), clusto.Hint(f.Err))
		}
	}
	if said[0] != said[1] {
		w.Errorf("%s: a dry run says\n%sand a real one\n%s", text, said[0], said[1])
	}
	if now := w.newest(); now != before {
		w.Errorf("%s failed and made version %d", text, now)
	}
	return failed
}

func (w *world) newest() (v clusto.Version) {
	w.Helper()
	w.view(func(ctx context.Context, r clusto.Reader) (err error) {
		v, err = r.Version(ctx)
		return err
	})
	return v
}

func (w *world) view(fn func(context.Context, clusto.Reader) error) {
	w.Helper()
	ctx := context.Background()
	if err := w.store.View(ctx, clusto.Live, func(r clusto.Reader) error { return fn(ctx, r) }); err != nil {
		w.Fatal(err)
	}
}

func (w *world) past(fn func(context.Context, clusto.History) error) {
	w.Helper()
	w.view(func(ctx context.Context, r clusto.Reader) error {
		h, err := clusto.Past(r)
		if err != nil {
			return err
		}
		return fn(ctx, h)
	})
}

func asText(tb testing.TB, v any) string {
	tb.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		tb.Fatal(err)
	}
	return string(text)
}

func diffText(tb testing.TB, d *history.Diff) string {
	tb.Helper()
	var b bytes.Buffer
	if err := d.WriteText(&b); err != nil {
		tb.Fatal(err)
	}
	return b.String()
}
