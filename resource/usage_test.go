package resource_test

import (
	"context"
	"errors"
	"math"
	"testing"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/resource"
)

func TestUsage(t *testing.T) {
	for _, test := range []struct {
		driver  string
		props   map[string]any
		take    []any
		reserve []any
		want    resource.Usage
	}{
		{"ipmanager", map[string]any{"baseip": "10.0.0.0", "netmask": 28, "gateway": "10.0.0.1"},
			[]any{"10.0.0.1", "10.0.0.2", "10.0.0.3"}, []any{"10.0.0.4-10.0.0.6", "10.0.0.3"},
			resource.Usage{Size: 16, Used: 3, Reserved: 4, Free: 8}},
		{"ipmanager", map[string]any{"baseip": "2001:db8::", "netmask": 64}, []any{"2001:db8::1"}, []any{"2001:db8::/120"},
			resource.Usage{Size: math.MaxInt64, Used: 1, Reserved: 256, Free: math.MaxInt64}},
		{"ipmanager", map[string]any{"baseip": "10.0.0.0", "netmask": 8}, []any{"10.9.9.9"}, nil,
			resource.Usage{Size: 1 << 24, Used: 1, Free: 1<<24 - 3}},
		{"simplenummanager", map[string]any{"next": 100, "maxnum": 199}, []any{100, 150}, []any{"180-199"},
			resource.Usage{Size: 100, Used: 2, Reserved: 20, Free: 78}},
		{"simplenummanager", nil, []any{7}, nil, resource.Usage{Size: math.MaxInt64, Used: 1, Free: math.MaxInt64}},
		{"simplenamemanager", map[string]any{"basename": "x", "digits": 2}, []any{"x01", "other"}, nil,
			resource.Usage{Size: 99, Used: 1, Free: 98}},
	} {
		w := newWorld(t)
		w.must(w.create(test.driver, "m", test.props))
		w.must(w.create("basicserver", "s1", nil))
		for _, r := range test.take {
			_, err := w.allocate("m", "s1", r)
			w.must(err)
		}
		for _, r := range test.reserve {
			w.must(w.reserve(r, nil, ""))
		}
		w.must(w.onManager(func(ctx context.Context, m *resource.Manager) error {
			got, err := m.Usage(ctx)
			if got != test.want {
				t.Errorf("%s %v: got %+v, want %+v", test.driver, test.props, got, test.want)
			}
			return err
		}))
	}
	w := newWorld(t)
	w.must(w.create("resourcemanager", "m", nil))
	err := w.onManager(func(ctx context.Context, m *resource.Manager) error {
		_, err := m.Usage(ctx)
		return err
	})
	if !errors.Is(err, clusto.ErrUnsupported) {
		t.Errorf("a manager that counts nothing: %v, want ErrUnsupported", err)
	}
}
