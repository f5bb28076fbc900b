package operation_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/api"
	"github.com/clusto/clusto/driver/basic"
	"github.com/clusto/clusto/internal/operation"
)

// TestRacks applies a layout and puts a server into its place, all in one request.
func TestRacks(t *testing.T) {
	w := newWorld(t)
	done := w.do(`[
	  {"create": {"name": "dc", "driver": "basicdatacenter"}},
	  {"create": {"name": "r9", "driver": "apcrack", "in": [{"container": "dc"}]}},
	  {"apply_layout": {"rack": "r9", "layout": "201001"}},
	  {"create": {"name": "s1", "driver": "penguinserver"}},
	  {"add_server": {"rack": "r9", "server": "s1", "switch_port": 3}}
	]`)
	layout, server := done.Results[2], done.Results[4]
	if len(layout.Steps) < 5 || layout.Entity != "r9" || len(server.Steps) < 3 || server.Entity != "s1" {
		t.Errorf("%s", asText(t, done.Results))
	}
	if text := diffText(t, &done.Diff); !strings.Contains(text, "racklayout = 201001") || !strings.Contains(text, "= s1\n") {
		t.Error(text)
	}
	again := w.do(`[{"apply_layout": {"rack": "r9"}}, {"add_server": {"rack": "r9", "server": "s1", "switch_port": 3}}]`)
	if !again.Diff.Empty() || again.Version != 0 {
		t.Error(diffText(t, &again.Diff))
	}
	err := w.refuse(`[{"add_server": {"rack": "r9", "server": "s1", "switch_port": 999}}]`)
	if !errors.Is(err, clusto.ErrNotFound) {
		t.Error(err)
	}
	w.env.Racks = nil
	if err := w.refuse(`[{"apply_layout": {"rack": "r9"}}]`); !errors.Is(err, clusto.ErrNotFound) || clusto.Hint(err) != "no layouts are known" {
		t.Errorf("%v, hint %q", err, clusto.Hint(err))
	}
}

// TestPast undoes, brings back and redacts.
func TestPast(t *testing.T) {
	w := newWorld(t).furnish()
	set := w.do(`[{"set_attrs": {"entity": "web1", "attrs": [{"key": "system", "subkey": "memory", "value": 1}]}}]`)
	back := w.do(fmt.Sprintf(`[{"revert": {"versions": [%d]}}, {"set_attrs": {"entity": "web1", "attrs": [{"key": "x", "value": 1}]}}]`, set.Version))
	if d := cmp.Diff("~ web1\n    ~ system.memory: 1 -> 16384\n    + x = 1\n", diffText(t, &back.Diff)); d != "" {
		t.Error(d)
	}
	w.do(`[{"connect": {"from": {"entity": "web1", "type": "nic-eth", "port": "1"}, "to": {"entity": "sw1", "type": "nic-eth", "port": "1"}}}]`)
	w.do(`[{"delete": {"entity": "web1"}}]`)
	w.do(`[{"create": {"name": "other", "driver": "basicserver", "in": [{"container": "r1", "rack_units": [1]}]}}]`)
	alive := w.do(`[{"undelete": {"name": "web1", "as": "web9"}}, {"insert": {"entity": "web9", "container": "dc"}}, {"remove": {"entity": "web9", "container": "dc"}},
	  {"insert": {"entity": "web9", "container": "r1", "rack_units": [9]}}]`)
	if got := asText(t, alive.Results[0]); !strings.HasPrefix(got, `{"entity":"web9","left":[{"entity":"web9","what":"place in r1, unit 1","why":"unit 1 of r1 holds other since`) {
		t.Error(got)
	}
	if text := diffText(t, &alive.Diff); !strings.Contains(text, "_contains.ru#9 = web9") || !strings.Contains(text, "memory = 16384") {
		t.Error(text)
	}
	w.do(`[{"set_attrs": {"entity": "web9", "attrs": [{"key": "password", "value": "secret"}]}}]`)
	w.do(`[{"set_attrs": {"entity": "web9", "attrs": [{"key": "password", "value": "better"}]}}]`)
	if err := w.refuse(`[{"redact": {"entity": "web9", "key": "password", "subkey": "x"}}]`); !errors.Is(err, clusto.ErrNotFound) {
		t.Error(err)
	}
	gone := w.do(`[{"redact": {"entity": "web9", "key": "password", "subkey": ""}}]`)
	if got := asText(t, gone.Results); got != `[{"count":1,"entity":"web9","notes":["what it has now stays"]}]` || !strings.Contains(diffText(t, &gone.Diff), "1 old value of password") {
		t.Errorf("%s, %s", got, diffText(t, &gone.Diff))
	}
}

// siren is a driver whose method does what cannot be undone.
func siren(sounded *int) *clusto.Driver {
	return &clusto.Driver{Name: "siren", Class: "Siren", Base: basic.Entity, Methods: []*clusto.Method{
		clusto.M("sound", "", "Wake everybody.", func(ctx context.Context, o *clusto.Object) error {
			tx, err := o.Inventory().Tx()
			if err == nil {
				err = tx.ActOutside("sound the siren")
			}
			if err == nil {
				*sounded++
			}
			return err
		}),
	}}
}

// TestActsOutside calls a method that a dry run must not call, and nothing may call
// twice.
func TestActsOutside(t *testing.T) {
	w := newWorld(t)
	sounded := 0
	if _, err := w.env.Drivers.Register(siren(&sounded)); err != nil {
		t.Fatal(err)
	}
	w.do(`[{"create": {"name": "s", "driver": "siren"}}]`)
	sound := `{"call": {"entity": "s", "method": "sound"}}`
	for _, text := range []string{`[` + sound + `]`, `[` + sound + `, {"create": {"name": "x", "driver": "pool"}}]`} {
		_, err := w.try(operations(t, text), true)
		if !errors.Is(err, clusto.ErrUnsupported) || !strings.Contains(err.Error(), "a dry run does not sound the siren") || sounded != 0 {
			t.Errorf("a dry run: %v; sounded %d times", err, sounded)
		}
	}
	if _, err := w.try(operations(t, `[`+sound+`]`), false); err != nil || sounded != 1 {
		t.Errorf("%v; sounded %d times", err, sounded)
	}
	_, err := w.try(operations(t, `[`+sound+`, {"delete": {"entity": "nope"}}, `+sound+`, {"delete": {"entity": "nobody"}}]`), false)
	failed, ok := errors.AsType[*operation.Errors](err)
	if !ok || len(failed.Failed) != 2 || failed.Failed[0].Index != 1 || failed.Failed[1].Index != 3 || sounded != 2 {
		t.Errorf("%v; sounded %d times", err, sounded)
	}
	_, err = w.try(operations(t, `[{"create": {"name": "x", "driver": "pool"}}, `+sound+`]`), false)
	if !errors.Is(err, clusto.ErrInvalid) || sounded != 2 {
		t.Errorf("after a write: %v; sounded %d times", err, sounded)
	}
}

// TestHooks has things done before and after the operations.
func TestHooks(t *testing.T) {
	w := newWorld(t).furnish()
	ctx := t.Context()
	var told []int64
	run := func(text string, dry bool, before error) (*api.Changed, error) {
		return operation.Run(ctx, w.store, w.env, operation.Request{
			Operations: operations(t, text), DryRun: dry,
			Before: func(ctx context.Context, found clusto.Reader) error {
				if _, err := found.Entity(ctx, "web1"); err != nil {
					return err
				}
				return before
			},
			After: func(ctx context.Context, tx clusto.Tx, answer *api.Changed) error {
				told = append(told, answer.Version)
				return tx.KeepReceipt(ctx, fmt.Sprint("key", len(told)), asText(t, answer))
			},
		})
	}
	change := `[{"set_attrs": {"entity": "web1", "attrs": [{"key": "a", "value": %d}]}}]`
	refused := clusto.Errorf(clusto.ErrConflict, "somebody was faster")
	for _, dry := range []bool{true, false} {
		if _, err := run(fmt.Sprintf(change, 1), dry, refused); !errors.Is(err, refused) {
			t.Errorf("got %v, want %v", err, refused)
		}
	}
	if _, err := run(fmt.Sprintf(change, 1), true, nil); err != nil || len(told) != 0 {
		t.Errorf("%v; told %v", err, told)
	}
	for _, text := range []string{
		fmt.Sprintf(change, 1), fmt.Sprintf(change, 1), `[{"create": {"name": "x", "driver": "pool"}}, {"delete": {"entity": "x"}}]`,
		`[{"set_attrs": {"entity": "web1", "attrs": [{"key": "a", "value": 2}]}}, {"set_attrs": {"entity": "web1", "attrs": [{"key": "a", "value": 1}]}}]`,
	} {
		done, err := run(text, false, nil)
		if err != nil {
			t.Fatal(err)
		}
		if last := told[len(told)-1]; last != done.Version {
			t.Errorf("%s: told %d, made %d", text, last, done.Version)
		}
	}
	if told[0] == 0 || told[1] != 0 || told[2] != 0 || told[3] == 0 {
		t.Errorf("told %v", told)
	}
}

// TestOverAndReadOnly has what is no fault of an operation.
func TestOverAndReadOnly(t *testing.T) {
	w := newWorld(t).furnish()
	ops := operations(t, `[{"delete": {"entity": "web1"}}, {"delete": {"entity": "web2"}}]`)
	ctx, cancel := context.WithCancelCause(t.Context())
	over := errors.New("it is over")
	_, err := operation.Run(ctx, w.store, w.env, operation.Request{Operations: ops, Before: func(context.Context, clusto.Reader) error {
		cancel(over)
		return nil
	}})
	if _, is := errors.AsType[*operation.Errors](err); is || !errors.Is(err, over) {
		t.Errorf("got %v, want that it is over", err)
	}
	w.view(func(ctx context.Context, r clusto.Reader) error {
		if _, err := operation.Apply(ctx, clusto.NewInventory(r, w.env.Drivers), w.env, ops); !errors.Is(err, clusto.ErrReadOnly) {
			t.Errorf("in a view: %v", err)
		}
		return nil
	})
}
